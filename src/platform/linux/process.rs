//! A process held by a pidfd and by its `/proc` directory, so that no later
//! question can be answered by another process with the same number.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::fs::{AtFlags, Dir, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::wait::{poll_once, wait_for};
use super::{pidfd_info, proc};
use crate::platform::types::{ExitStatus, Liveness, PinError, ProcessStatus};

/// A process that cannot be mistaken for another one.
#[derive(Debug)]
pub(crate) struct PinnedProcess {
    pid: u32,
    pidfd: OwnedFd,
    /// `/proc/PID`; reads through it fail once the process is gone.
    pub(super) proc_dir: OwnedFd,
}

impl PinnedProcess {
    /// Pin the process that has this ID now.
    pub(crate) fn open(pid: u32) -> Result<Self, PinError> {
        let number = i32::try_from(pid)
            .ok()
            .and_then(Pid::from_raw)
            .ok_or(PinError::NoSuchProcess)?;
        if !proc::is_ours().map_err(PinError::Io)? {
            return Err(PinError::ForeignProc);
        }
        let pidfd = pidfd_open(number, PidfdFlags::empty()).map_err(|error| match error {
            Errno::SRCH => PinError::NoSuchProcess,
            Errno::NOENT | Errno::INVAL => PinError::Thread {
                of: proc::thread_group(pid),
            },
            Errno::PERM | Errno::ACCESS => PinError::Denied,
            other => PinError::Io(other.into()),
        })?;
        let proc_dir = rustix::fs::open(
            format!("/proc/{pid}"),
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        );
        // Not reaped after /proc was opened: both descriptors are of one process.
        if liveness(pidfd.as_fd()).map_err(PinError::Io)? == Liveness::Reaped {
            return Err(PinError::NoSuchProcess);
        }
        let proc_dir = proc_dir.map_err(|error| match error {
            // Alive, and not to be seen: /proc is mounted with hidepid, or not
            // for this namespace.
            Errno::NOENT | Errno::PERM | Errno::ACCESS => PinError::Denied,
            other => PinError::Io(other.into()),
        })?;
        Ok(Self {
            pid,
            pidfd,
            proc_dir,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    pub(crate) fn liveness(&self) -> io::Result<Liveness> {
        liveness(self.pidfd.as_fd())
    }

    /// Ask this very process to terminate: SIGTERM.
    pub(crate) fn terminate(&self) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.pidfd, Signal::TERM)?)
    }

    /// Kill this very process: SIGKILL.
    pub(crate) fn kill(&self) -> io::Result<()> {
        Ok(pidfd_send_signal(&self.pidfd, Signal::KILL)?)
    }

    /// How this process ended; `None` while it runs, and where the kernel does not
    /// tell.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        let reaped = || pidfd_info::exit_status_of_reaped(self.pidfd.as_fd());
        // Reaped between the two questions: the first one has an answer now.
        reaped().or_else(|| self.zombie_status()).or_else(reaped)
    }

    fn zombie_status(&self) -> Option<ExitStatus> {
        let stat = self.read("stat").ok()?;
        proc::zombie_status(&stat).map(pidfd_info::status_of)
    }

    /// The same process, held once more.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            pid: self.pid,
            pidfd: self.pidfd.try_clone()?,
            proc_dir: self.proc_dir.try_clone()?,
        })
    }

    /// Wait for the process to exit; whether it did so in time.
    pub(crate) fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        wait_for(self.pidfd.as_fd(), PollFlags::IN, timeout)
    }

    /// The number that tells this process from all others of this boot, where
    /// the kernel has one (Linux 6.9 and newer).
    pub(crate) fn serial(&self) -> Option<u64> {
        serial(self.pidfd.as_fd())
    }

    pub(crate) fn status(&self) -> io::Result<ProcessStatus> {
        proc::status(&self.read("stat")?)
    }

    /// The children of this process.
    pub(crate) fn children(&self) -> io::Result<Vec<u32>> {
        let tasks = openat(
            &self.proc_dir,
            "task",
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let mut children = Vec::new();
        for entry in Dir::read_from(&tasks)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            let of_thread = match self.read(&format!("task/{name}/children")) {
                // The thread has ended meanwhile.
                Err(_) if statat(&tasks, name.as_str(), AtFlags::empty()).is_err() => continue,
                read => read?,
            };
            let numbers = of_thread.split_ascii_whitespace();
            children.extend(numbers.filter_map(|number| number.parse::<u32>().ok()));
        }
        Ok(children)
    }

    /// The effective user ID of this process.
    pub(crate) fn uid(&self) -> io::Result<u32> {
        proc::effective_user(&self.read("status")?)
    }

    fn read(&self, name: &str) -> io::Result<String> {
        let opened = openat(
            &self.proc_dir,
            name,
            OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        );
        match opened {
            Err(Errno::NOENT) if matches!(self.liveness(), Ok(Liveness::Alive)) => {
                let hidden = "/proc hides the process (hidepid)";
                Err(io::Error::new(io::ErrorKind::PermissionDenied, hidden))
            }
            opened => proc::read(File::from(opened?)),
        }
    }

    /// Whether this process holds one of these sockets.
    pub(crate) fn holds_socket(&self, inodes: &[u32]) -> io::Result<bool> {
        let fd = openat(
            &self.proc_dir,
            "fd",
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let wanted: Vec<String> = inodes
            .iter()
            .map(|inode| format!("socket:[{inode}]"))
            .collect();
        let mut buffer = Vec::new();
        for entry in Dir::read_from(&fd)? {
            let entry = entry?;
            // A descriptor closed meanwhile is one that is not held.
            if let Ok(link) = readlinkat(&fd, entry.file_name(), std::mem::take(&mut buffer)) {
                buffer = link.into_bytes();
                if wanted.iter().any(|wanted| wanted.as_bytes() == buffer) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

impl AsFd for PinnedProcess {
    /// The pidfd: readable once the process has exited.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }
}

/// Wait a moment, ended early by the exit of `process`; whether it has exited.
pub(crate) fn pause(process: Option<&PinnedProcess>, length: Duration) -> io::Result<bool> {
    if let Some(process) = process {
        return process.wait_exit(length);
    }
    std::thread::sleep(length);
    Ok(false)
}

pub(super) fn liveness(pidfd: BorrowedFd<'_>) -> io::Result<Liveness> {
    let events = poll_once(pidfd, PollFlags::IN, Some(Duration::ZERO))?;
    Ok(if events.contains(PollFlags::HUP) {
        Liveness::Reaped
    } else if events.contains(PollFlags::IN) {
        Liveness::Zombie
    } else {
        Liveness::Alive
    })
}

pub(super) fn serial(pidfd: BorrowedFd<'_>) -> Option<u64> {
    /// Since Linux 6.9 pidfds have a file system of their own, and inode numbers
    /// that mean something.
    const PIDFS_MAGIC: u64 = 0x5049_4446;
    let magic = rustix::fs::fstatfs(pidfd).ok()?.f_type;
    (u64::try_from(magic) == Ok(PIDFS_MAGIC))
        .then(|| statat(pidfd, "", AtFlags::EMPTY_PATH).ok())
        .flatten()
        .map(|stat| stat.st_ino)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_its_start_lies_in_the_past() {
        let this = PinnedProcess::open(std::process::id()).unwrap();
        assert_eq!(this.liveness().unwrap(), Liveness::Alive);
        let started = this.status().unwrap().started_at_unix_ms;
        assert!(started <= crate::platform::unix_now_ms() + 10);
    }
}
