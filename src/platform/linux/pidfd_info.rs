//! The attributes that a pidfd reports without `/proc`. The parent and the exit status
//! come from `PIDFD_GET_INFO` of
//! [ioctl(2)](https://man7.org/linux/man-pages/man2/ioctl.2.html).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::fs::{AtFlags, statat};
use rustix::ioctl::{self, Updater};

use super::proc;
use super::wait::poll_once;
use crate::platform::types::{ExitStatus, Liveness};

/// `struct pidfd_info` in its first size, which includes the exit status.
#[repr(C)]
#[derive(Default)]
struct PidfdInfo {
    mask: u64,
    cgroup_id: u64,
    pid: u32,
    thread_group: u32,
    parent: u32,
    users_and_groups: [u32; 8],
    exit_code: i32,
}

const PIDFD_INFO_PID: u64 = 1;
const PIDFD_INFO_EXIT: u64 = 1 << 3;
const PIDFD_GET_INFO: ioctl::Opcode = ioctl::opcode::read_write::<PidfdInfo>(0xFF, 11);

/// Returns the exit status of a reaped process; `None` before Linux 6.15, or if the
/// process is not reaped yet.
pub(super) fn exit_status_of_reaped(pidfd: BorrowedFd<'_>) -> Option<ExitStatus> {
    request(pidfd, PIDFD_INFO_EXIT).map(|info| status_of(info.exit_code))
}

/// Returns the parent of a process, even if `/proc` hides the process: 0 if the parent is
/// outside the PID namespace of this process; `None` before Linux 6.13, or if the process
/// was reaped.
pub(super) fn parent(pidfd: BorrowedFd<'_>) -> Option<u32> {
    request(pidfd, PIDFD_INFO_PID).map(|info| info.parent)
}

/// Returns the structure if the kernel filled in the fields that `wanted` stands for.
#[expect(
    unsafe_code,
    reason = "no crate wraps PIDFD_GET_INFO with the exit status"
)]
fn request(pidfd: BorrowedFd<'_>, wanted: u64) -> Option<PidfdInfo> {
    let mut info = PidfdInfo {
        mask: wanted,
        ..PidfdInfo::default()
    };
    // SAFETY: the opcode carries the size of the structure, the kernel writes no
    // more than that, and every bit pattern is valid for its fields.
    unsafe {
        let update = Updater::<PIDFD_GET_INFO, PidfdInfo>::new(&mut info);
        ioctl::ioctl(pidfd, update).ok()?;
    }
    (info.mask & wanted != 0).then_some(info)
}

/// Returns the state of a process, by
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). Before Linux 6.9, poll(2)
/// does not tell a reaped process from a zombie, but
/// [proc_pid_fdinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html) does.
pub(super) fn liveness(pidfd: BorrowedFd<'_>) -> io::Result<Liveness> {
    let events = poll_once(pidfd, PollFlags::IN, Some(Duration::ZERO))?;
    let is_reaped = || pidfs_inode(pidfd).is_none() && has_no_process(pidfd);
    Ok(if events.contains(PollFlags::HUP) {
        Liveness::Reaped
    } else if !events.contains(PollFlags::IN) {
        Liveness::Alive
    } else if is_reaped() {
        Liveness::Reaped
    } else {
        Liveness::Zombie
    })
}

/// Returns whether the kernel names no process for a pidfd.
fn has_no_process(pidfd: BorrowedFd<'_>) -> bool {
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd()));
    info.is_ok_and(|info| proc::field(&info, "Pid").is_some_and(|pid| pid.trim() == "-1"))
}

/// Returns the inode number of a pidfd, which is unique among all processes of this boot,
/// by [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html). `None` before
/// Linux 6.9.
pub(super) fn pidfs_inode(pidfd: BorrowedFd<'_>) -> Option<u64> {
    /// Since Linux 6.9, pidfds have a file system of their own, with an inode number for
    /// each process.
    const PIDFS_MAGIC: u64 = 0x5049_4446;
    let magic = rustix::fs::fstatfs(pidfd).ok()?.f_type;
    (u64::try_from(magic) == Ok(PIDFS_MAGIC))
        .then(|| statat(pidfd, "", AtFlags::EMPTY_PATH).ok())
        .flatten()
        .map(|stat| stat.st_ino)
}

/// Decodes a wait status of
/// [wait(2)](https://man7.org/linux/man-pages/man2/wait.2.html).
pub(super) fn status_of(code: i32) -> ExitStatus {
    match code & 0x7f {
        0 => ExitStatus::Code((code >> 8) & 0xff),
        signal => ExitStatus::Signal(signal),
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;
    use std::process::Command;

    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    use super::*;

    #[test]
    fn the_kernel_names_no_process_for_the_pidfd_of_a_reaped_one() {
        let mut child = Command::new("cat").arg("/dev/null").spawn().unwrap();
        let number = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
        let pidfd = pidfd_open(number, PidfdFlags::empty()).unwrap();
        super::super::wait::wait_for(pidfd.as_fd(), PollFlags::IN, Duration::MAX).unwrap();
        assert_eq!(liveness(pidfd.as_fd()).unwrap(), Liveness::Zombie);
        assert!(!has_no_process(pidfd.as_fd()));
        child.wait().unwrap();
        assert_eq!(liveness(pidfd.as_fd()).unwrap(), Liveness::Reaped);
        assert!(has_no_process(pidfd.as_fd()));
    }

    #[test]
    fn a_wait_status_is_a_code_or_a_signal() {
        assert_eq!(status_of(0), ExitStatus::Code(0));
        assert_eq!(status_of(3 << 8), ExitStatus::Code(3));
        assert_eq!(status_of(9), ExitStatus::Signal(9));
        assert_eq!(status_of(0x0b | 0x80), ExitStatus::Signal(11));
    }
}
