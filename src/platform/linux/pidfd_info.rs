//! What a pidfd tells without `/proc`: the parent, and how the process ended.

use std::os::fd::BorrowedFd;

use rustix::ioctl::{self, Updater};

use crate::platform::types::ExitStatus;

/// `struct pidfd_info` in its first size, which already tells the exit status.
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

/// The exit status of a process that was reaped; `None` where the kernel does
/// not tell (before Linux 6.15, or not reaped yet).
pub(super) fn exit_status_of_reaped(pidfd: BorrowedFd<'_>) -> Option<ExitStatus> {
    ask(pidfd, PIDFD_INFO_EXIT).map(|info| status_of(info.exit_code))
}

/// The parent of a process, whether or not `/proc` shows it: 0 where that is
/// outside our PID namespace; `None` where the kernel does not tell (before Linux
/// 6.13, or reaped).
pub(super) fn parent(pidfd: BorrowedFd<'_>) -> Option<u32> {
    ask(pidfd, PIDFD_INFO_PID).map(|info| info.parent)
}

/// What the kernel says, if it says this.
#[expect(
    unsafe_code,
    reason = "no crate wraps PIDFD_GET_INFO with the exit status"
)]
fn ask(pidfd: BorrowedFd<'_>, what: u64) -> Option<PidfdInfo> {
    let mut info = PidfdInfo {
        mask: what,
        ..PidfdInfo::default()
    };
    // SAFETY: the opcode carries the size of the structure, the kernel writes no
    // more than that, and every bit pattern is valid for its fields.
    unsafe {
        let update = Updater::<PIDFD_GET_INFO, PidfdInfo>::new(&mut info);
        ioctl::ioctl(pidfd, update).ok()?;
    }
    (info.mask & what != 0).then_some(info)
}

/// A wait status, as `wait(2)` encodes it.
pub(super) fn status_of(code: i32) -> ExitStatus {
    match code & 0x7f {
        0 => ExitStatus::Code((code >> 8) & 0xff),
        signal => ExitStatus::Signal(signal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_status_is_a_code_or_a_signal() {
        assert_eq!(status_of(0), ExitStatus::Code(0));
        assert_eq!(status_of(3 << 8), ExitStatus::Code(3));
        assert_eq!(status_of(9), ExitStatus::Signal(9));
        assert_eq!(status_of(0x0b | 0x80), ExitStatus::Signal(11));
    }
}
