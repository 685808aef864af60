//! A process held by its pidfd and by its `/proc` directory, so that no later operation
//! can reach another process with the same PID.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};

use super::signal_numbers::number;
use super::wait::wait_for;
use super::{pidfd_info, proc, rights};
use crate::platform::types::{
    ExitStatus, Liveness, MissingRight, PinError, ProcessStatus, UserIds,
};
use crate::platform::waitable::impl_as_waitable;
use crate::signal::Signal;

/// The largest PID that the kernel assigns, whatever `pid_max` is, by
/// [proc_sys_kernel(5)](https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html). A kernel of
/// 32 bits assigns less, but may not be the one below a program of 32 bits.
pub(crate) const MAX_PID: u32 = (1 << 22) - 1;

/// A process that is never confused with another one.
#[derive(Debug)]
pub(crate) struct PinnedProcess {
    pid: u32,
    pidfd: OwnedFd,
    /// `/proc/PID`; reads through it fail once the process is gone.
    pub(super) proc_dir: OwnedFd,
}

impl PinnedProcess {
    /// Pins the process that has this PID now, by
    /// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html).
    pub(crate) fn open(pid: u32) -> Result<Self, PinError> {
        let number = i32::try_from(pid)
            .ok()
            .and_then(Pid::from_raw)
            .ok_or(PinError::NoSuchProcess)?;
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => PinError::Denied(MissingRight::Proc),
            _ => PinError::Io(error),
        };
        if !proc::is_ours().map_err(unreadable)? {
            return Err(PinError::ForeignProc);
        }
        let pidfd = pidfd_open(number, PidfdFlags::empty()).map_err(|error| match error {
            Errno::SRCH => PinError::NoSuchProcess,
            Errno::NOENT | Errno::INVAL => PinError::Thread {
                of: proc::thread_group(pid),
            },
            other => match rights::to_pin(other) {
                Some(missing) => PinError::Denied(missing),
                None => PinError::Io(other.into()),
            },
        })?;
        let proc_dir = rustix::fs::open(
            format!("/proc/{pid}"),
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        );
        // If the process is not reaped yet, the PID was not reused, so both descriptors
        // belong to one process.
        if pidfd_info::liveness(pidfd.as_fd()).map_err(PinError::Io)? == Liveness::Reaped {
            return Err(PinError::NoSuchProcess);
        }
        let proc_dir = proc_dir.map_err(|error| match error {
            // The process exists.
            Errno::NOENT | Errno::PERM | Errno::ACCESS => PinError::Denied(rights::to_see()),
            other => PinError::Io(other.into()),
        })?;
        Ok(Self {
            pid,
            pidfd,
            proc_dir,
        })
    }

    /// Returns the PID.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns the state of this process, by
    /// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html) on the pidfd.
    pub(crate) fn liveness(&self) -> io::Result<Liveness> {
        pidfd_info::liveness(self.pidfd.as_fd())
    }

    /// Sends a signal, by
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.pidfd, number(signal))?)
    }

    /// Returns the exit status; `None` while the process runs, and if the kernel does not
    /// report it.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        let reaped = || pidfd_info::exit_status_of_reaped(self.pidfd.as_fd());
        // Asked again, because the process may have been reaped in between.
        reaped().or_else(|| self.zombie_status()).or_else(reaped)
    }

    fn zombie_status(&self) -> Option<ExitStatus> {
        // The first thread may have ended before the others.
        if !matches!(self.liveness(), Ok(Liveness::Zombie)) {
            return None;
        }
        let stat = self.read("stat").ok()?;
        proc::zombie_status(&stat).map(pidfd_info::status_of)
    }

    /// Duplicates the descriptors, by
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html) with
    /// `F_DUPFD_CLOEXEC`.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            pid: self.pid,
            pidfd: self.pidfd.try_clone()?,
            proc_dir: self.proc_dir.try_clone()?,
        })
    }

    /// Waits for this process to exit, by
    /// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). Returns whether it
    /// exited in time.
    pub(crate) fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        wait_for(self.pidfd.as_fd(), PollFlags::IN, timeout)
    }

    /// Returns the inode number of the pidfd, which is unique among all processes of this
    /// boot. `None` before Linux 6.9.
    pub(crate) fn pidfs_inode(&self) -> Option<u64> {
        pidfd_info::pidfs_inode(self.pidfd.as_fd())
    }

    /// Returns `false`: only the first process and kernel threads are, which are told by other
    /// means.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn is_critical(&self) -> bool {
        false
    }

    /// Returns the parent and the start time, of
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
    pub(crate) fn status(&self) -> io::Result<ProcessStatus> {
        proc::status(&self.read("stat")?)
    }

    /// Returns the effective user ID, as [`Self::user_ids`].
    pub(crate) fn uid(&self) -> io::Result<u32> {
        self.user_ids().map(|ids| ids.effective)
    }

    /// Returns all user IDs, of
    /// [proc_pid_status(5)](https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
    pub(crate) fn user_ids(&self) -> io::Result<UserIds> {
        proc::user_ids(&self.read("status")?)
    }

    /// Returns the command name, of
    /// [proc_pid_comm(5)](https://man7.org/linux/man-pages/man5/proc_pid_comm.5.html). The
    /// process can set it to any text of 15 bytes.
    pub(crate) fn command_name(&self) -> io::Result<String> {
        let mut name = self.read("comm")?;
        if name.ends_with('\n') {
            name.pop();
        }
        Ok(name)
    }

    pub(super) fn read(&self, name: &str) -> io::Result<String> {
        let opened = proc::open_at(&self.proc_dir, name);
        proc::read(opened.map_err(|error| self.unless_hidden(error))?)
    }

    /// Returns the error of an operation below `/proc/PID`.
    pub(super) fn unless_hidden(&self, error: Errno) -> io::Error {
        match error {
            Errno::NOENT if matches!(self.liveness(), Ok(Liveness::Alive)) => {
                let hidden = "/proc hides the process (hidepid)";
                io::Error::new(io::ErrorKind::PermissionDenied, hidden)
            }
            error => error.into(),
        }
    }
}

impl_as_waitable! {
    /// Returns the pidfd, which is readable once the process has exited.
    PinnedProcess, process => process.pidfd.as_fd()
}

/// Fails: only Windows has such handles.
#[cfg(feature = "client")]
pub(crate) fn give_handle(_: &PinnedProcess, _handle: usize) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Waits for `length`, or until `process` exits. Returns whether it has exited.
pub(crate) fn pause(process: Option<&PinnedProcess>, length: Duration) -> io::Result<bool> {
    if let Some(process) = process {
        return process.wait_exit(length);
    }
    std::thread::sleep(length);
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_start_lies_in_the_past() {
        let this = PinnedProcess::open(std::process::id()).unwrap();
        assert_eq!(this.liveness().unwrap(), Liveness::Alive);
        let started = this.status().unwrap().started_at_unix_ms;
        assert!(started <= crate::platform::clock::unix_now_ms() + 10);
    }
}
