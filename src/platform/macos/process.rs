//! A process that is held by an event of its exit, and by its start.
//!
//! The system has no handle of a process: while its PID is used, the process can end and
//! the number can be given to another one. So each look at it is followed by one at its
//! start, which shows whether the first one was at this process. The exit is told by
//! [kqueue(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/kqueue.2.html),
//! which watches the process and not its number.
//!
//! Only [`PinnedProcess::signal`] cannot look back: between its last look and
//! [kill(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/kill.2.html),
//! the process would have to end, its parent to collect its exit status, and the system to
//! give its number away, which it does after all others below 100 000.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use rustix::event::PollFlags;
use rustix::process::{Pid, getsid, kill_process};

use super::signal_numbers::number;
use super::start::{Start, TICKS_PER_SECOND, status_of, watch};
use super::wait::wait_for;
use crate::platform::macos_forms::process::{ProcessInfo, code_or_signal};
use crate::platform::types::{ExitStatus, Liveness, PinError, ProcessStatus, StartTime, UserIds};
use crate::platform::waitable::impl_as_waitable;
use crate::signal::Signal;

/// The largest PID that the kernel assigns: `PID_MAX`.
pub(crate) const MAX_PID: u32 = 99_999;

/// Attempts to hold a process whose number changes hands each time.
const ATTEMPTS: usize = 4;

/// A process that is not confused with another one.
#[derive(Debug)]
pub(crate) struct PinnedProcess {
    pid: u32,
    start: Start,
    /// It has an event once the process has exited, which is never taken.
    exit: OwnedFd,
}

impl PinnedProcess {
    /// Holds the process that has this PID now.
    pub(crate) fn open(pid: u32) -> Result<Self, PinError> {
        for _ in 0..ATTEMPTS {
            let before = Start::look(pid).map_err(PinError::Io)?;
            let Some((start, _)) = before.filter(|_| pid != 0) else {
                return Err(PinError::NoSuchProcess);
            };
            let exit = watch(pid).map_err(PinError::Io)?;
            let process = Self { pid, start, exit };
            if process.now().map_err(PinError::Io)?.is_some() {
                return Ok(process);
            }
        }
        Err(PinError::NoSuchProcess)
    }

    /// Describes this process; `None` if its exit status was collected.
    fn now(&self) -> io::Result<Option<ProcessInfo>> {
        let now = Start::look(self.pid)?;
        Ok(now.and_then(|(start, info)| (start == self.start).then_some(info)))
    }

    /// Describes this process.
    fn info(&self) -> io::Result<ProcessInfo> {
        self.now()?.ok_or_else(|| Errno::ESRCH.into())
    }

    /// Returns the result of a look at this PID, if that was at this process.
    pub(super) fn looked<T>(&self, result: io::Result<T>) -> io::Result<T> {
        self.info()?;
        result
    }

    /// Returns the PID.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns the state of this process.
    pub(crate) fn liveness(&self) -> io::Result<Liveness> {
        Ok(if !self.wait_exit(Duration::ZERO)? {
            Liveness::Alive
        } else if self.now()?.is_some() {
            Liveness::Zombie
        } else {
            Liveness::Reaped
        })
    }

    /// Sends a signal, by
    /// [kill(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/kill.2.html),
    /// right after a look whether the number is still that of this process.
    ///
    /// # Errors
    ///
    /// The error of the system: `ESRCH` if the process is gone; [`io::ErrorKind::Unsupported`]
    /// for a signal that macOS does not have.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        let number = number(signal).ok_or(io::ErrorKind::Unsupported)?;
        let pid = self.number()?;
        self.info()?;
        Ok(kill_process(pid, number)?)
    }

    /// Returns the exit status until it is collected; `None` while the process runs.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        let info = self.now().ok()?.filter(|info| info.is_zombie)?;
        Some(match code_or_signal(info.wait_status) {
            Ok(code) => ExitStatus::Code(code),
            Err(signal) => ExitStatus::Signal(signal),
        })
    }

    /// Duplicates the descriptor of the event.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            pid: self.pid,
            start: self.start,
            exit: self.exit.try_clone()?,
        })
    }

    /// Waits for this process to exit, by
    /// [poll(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/poll.2.html).
    /// Returns whether it exited in time.
    pub(crate) fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        wait_for(self.exit.as_fd(), PollFlags::IN, timeout)
    }

    /// Returns `None`: there are no pidfds.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn pidfs_inode(&self) -> Option<u64> {
        None
    }

    /// Returns `false`: only the first process is, which is told by its PID.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn is_critical(&self) -> bool {
        false
    }

    /// Returns the parent, the session and the start time.
    pub(crate) fn status(&self) -> io::Result<ProcessStatus> {
        let session = getsid(Some(self.number()?)).map_err(io::Error::from);
        let info = self.info()?;
        Ok(ProcessStatus {
            session: session.map_or(info.pid, |it| it.as_raw_nonzero().get().unsigned_abs()),
            ..status_of(&info)
        })
    }

    /// Returns the effective user ID.
    pub(crate) fn uid(&self) -> io::Result<u32> {
        self.info().map(|info| info.effective_user)
    }

    /// Returns all user IDs.
    pub(crate) fn user_ids(&self) -> io::Result<UserIds> {
        let info = self.info()?;
        Ok(UserIds {
            real: info.real_user,
            effective: info.effective_user,
            saved: info.saved_user,
            file_system: info.effective_user,
        })
    }

    /// Returns when the process was started.
    pub(crate) fn start(&self) -> io::Result<Option<StartTime>> {
        self.info()?;
        Ok(Some(StartTime {
            ticks: self.start.at_us,
            ticks_per_second: TICKS_PER_SECOND,
        }))
    }

    /// Returns the first 16 bytes of the name of the program.
    pub(crate) fn command_name(&self) -> io::Result<String> {
        self.info().map(|info| info.command)
    }

    fn number(&self) -> io::Result<Pid> {
        let number = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        number.ok_or_else(|| Errno::ESRCH.into())
    }
}

impl_as_waitable! {
    /// Returns a descriptor that is readable once the process has exited.
    PinnedProcess, process => process.exit.as_fd()
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
