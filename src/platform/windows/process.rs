//! A process held by a handle: while it is open, no other process gets the PID.

use std::io;
use std::os::windows::io::{AsHandle, OwnedHandle};
use std::time::Duration;

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, ERROR_INVALID_PARAMETER};
use windows_sys::Win32::System::Threading::{
    PROCESS_DUP_HANDLE, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE,
};

use super::stop_event;
use super::sys::{process as sys, wait};
use super::times::{self, STEPS_PER_SECOND};
use super::users;
use crate::platform::types::{
    ExitStatus, Liveness, MissingRight, PinError, ProcessStatus, StartTime, UserIds,
};
use crate::platform::waitable::impl_as_waitable;
use crate::signal::Signal;

/// The largest PID, which is a multiple of 4.
pub(crate) const MAX_PID: u32 = u32::MAX - 3;

/// The rights to look at a process and to wait for it.
const LOOK: u32 = PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_SYNCHRONIZE;

/// The exit code of a process that is ended.
const KILLED: u32 = 1;

/// The PID of the kernel.
const KERNEL: u32 = 4;

/// A process that is never confused with another one.
#[derive(Debug)]
pub(crate) struct PinnedProcess {
    pid: u32,
    handle: OwnedHandle,
}

impl PinnedProcess {
    /// Pins the process that has this PID now, by
    /// [OpenProcess](https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-openprocess).
    pub(crate) fn open(pid: u32) -> Result<Self, PinError> {
        let all = LOOK | PROCESS_TERMINATE | PROCESS_DUP_HANDLE;
        let is_denied = |error: &io::Error| sys::is(error, ERROR_ACCESS_DENIED);
        let opened = match sys::open(pid, all) {
            Err(error) if is_denied(&error) => sys::open(pid, LOOK),
            opened => opened,
        };
        let handle = opened.map_err(|error| match error {
            error if sys::is(&error, ERROR_INVALID_PARAMETER) => PinError::NoSuchProcess,
            error if is_denied(&error) => PinError::Denied(MissingRight::AccessList),
            error => PinError::Io(error),
        })?;
        let process = Self { pid, handle };
        // The system ignores the last two bits of the number.
        let is_other = sys::pid(process.handle.as_handle()) != pid;
        // A process that has ended has its number until its last handle is closed.
        if is_other || process.liveness().map_err(PinError::Io)? != Liveness::Alive {
            return Err(PinError::NoSuchProcess);
        }
        Ok(process)
    }

    /// Pins the calling process.
    pub(super) fn own() -> io::Result<Self> {
        let pid = std::process::id();
        let handle = sys::open(pid, LOOK)?;
        Ok(Self { pid, handle })
    }

    /// Returns the PID.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Returns the state of this process: its handle is signalled once it has ended.
    pub(crate) fn liveness(&self) -> io::Result<Liveness> {
        Ok(if self.wait_exit(Duration::ZERO)? {
            Liveness::Reaped
        } else {
            Liveness::Alive
        })
    }

    /// Ends the process for [`Signal::Kill`], by
    /// [TerminateProcess](https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-terminateprocess).
    /// For [`Signal::Term`], signals the event by which a daemon of this crate is stopped.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::Unsupported`] for any other signal, and if the process has no such
    /// event.
    pub(crate) fn signal(&self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::Kill => sys::terminate(self.handle.as_handle(), KILLED),
            Signal::Term => stop_event::request(self.pid),
            _ => {
                let message = "Windows has no signals: a process can only be killed";
                Err(io::Error::new(io::ErrorKind::Unsupported, message))
            }
        }
    }

    /// Returns the exit code; `None` while the process runs. The code alone does not tell: that
    /// of a process that runs is 259, and a process can exit with it.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        let has_ended = self.wait_exit(Duration::ZERO).ok()?;
        let code = sys::exit_code(self.handle.as_handle()).ok()?;
        has_ended.then(|| ExitStatus::Code(code.cast_signed()))
    }

    /// Duplicates the handle.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            pid: self.pid,
            handle: self.handle.try_clone()?,
        })
    }

    /// Waits for this process to exit. Returns whether it exited in time.
    pub(crate) fn wait_exit(&self, timeout: Duration) -> io::Result<bool> {
        wait::wait_for_one(&[self.handle.as_handle()], Some(timeout))
    }

    /// Returns `None`: while a process is held, no other one has its PID.
    pub(crate) fn pidfs_inode(&self) -> Option<u64> {
        None
    }

    /// Returns the parent and the start time.
    pub(crate) fn status(&self) -> io::Result<ProcessStatus> {
        let created = sys::created(self.handle.as_handle())?;
        Ok(ProcessStatus {
            parent: sys::parent(self.handle.as_handle())?,
            // A session of Windows is all that a user does: a daemon has none of its own.
            session: self.pid,
            started_at_unix_ms: times::unix_ms(created),
            is_kernel_thread: self.pid == KERNEL,
            has_executed: true,
        })
    }

    /// Returns whether the system stops if this process ends. One that may not be looked at
    /// is not one of this user.
    pub(crate) fn is_critical(&self) -> bool {
        sys::is_critical(self.handle.as_handle()).unwrap_or(false)
    }

    /// Returns when the process was created: while it is held, no other process has both this
    /// PID and this time.
    pub(crate) fn start(&self) -> io::Result<Option<StartTime>> {
        Ok(Some(StartTime {
            ticks: sys::created(self.handle.as_handle())?,
            ticks_per_second: STEPS_PER_SECOND,
        }))
    }

    /// Returns the number of the user.
    pub(crate) fn uid(&self) -> io::Result<u32> {
        users::of_process(self.handle.as_handle())
    }

    /// Returns the number of the user, who is the only one.
    pub(crate) fn user_ids(&self) -> io::Result<UserIds> {
        let user = self.uid()?;
        Ok(UserIds {
            real: user,
            effective: user,
            saved: user,
            file_system: user,
        })
    }

    /// Returns the name of the executable without its directory.
    pub(crate) fn command_name(&self) -> io::Result<String> {
        let path = std::path::PathBuf::from(sys::image_name(self.handle.as_handle())?);
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(name.to_string_lossy().into_owned())
    }
}

impl_as_waitable! {
    /// Returns the handle, which is signalled once the process has exited.
    PinnedProcess, process => process.handle.as_handle()
}

/// Gives a process a copy of a handle of this one. Returns its value there.
#[cfg(feature = "client")]
pub(crate) fn give_handle(process: &PinnedProcess, handle: usize) -> io::Result<usize> {
    sys::give_handle(process.handle.as_handle(), handle)
}

/// Waits for `length`, or until `process` exits. Returns whether it has exited.
pub(crate) fn pause(process: Option<&PinnedProcess>, length: Duration) -> io::Result<bool> {
    if let Some(process) = process {
        return process.wait_exit(length);
    }
    std::thread::sleep(length);
    Ok(false)
}

/// Returns the present time as [`PinnedProcess::start`] counts it.
pub(crate) fn ticks_now() -> Option<u64> {
    Some(times::now())
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
        assert_eq!(this.exit_status(), None);
    }

    #[test]
    fn a_number_that_the_system_would_round_is_no_pid() {
        let pid = std::process::id() + 1;
        let opened = PinnedProcess::open(pid);
        assert!(matches!(opened, Err(PinError::NoSuchProcess)), "{opened:?}");
    }
}
