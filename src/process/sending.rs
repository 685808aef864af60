//! The only place of this crate that sends a signal to a process that it did not start.

use std::io;
use std::time::Duration;

use super::protected::{Protected, protection};
use crate::platform::PinnedProcess;
use crate::signal::Signal;

/// The outcome of sending a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The signal was delivered.
    Delivered,
    /// The process had already exited.
    AlreadyGone,
}

/// An error that prevents a signal from being sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignalError {
    /// The process is never signalled: it is PID 1, the caller, an ancestor of the caller
    /// or a kernel thread.
    #[error("PID {pid} {}: it is never signalled", .what.description())]
    Protected {
        /// PID of the process.
        pid: u32,
        /// Kind of protected process.
        what: Protected,
    },
    /// The system refused, for example because the process belongs to another user.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Sends a signal to a pinned process, by
/// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html).
/// Whether the process is protected is looked up each time, because time has passed since
/// it was pinned.
pub(crate) fn send(process: &PinnedProcess, signal: Signal) -> Result<SendOutcome, SignalError> {
    if process.wait_exit(Duration::ZERO)? {
        return Ok(SendOutcome::AlreadyGone);
    }
    if let Some(what) = protection(process) {
        let pid = process.pid();
        return Err(SignalError::Protected { pid, what });
    }
    match process.signal(signal) {
        Ok(()) => Ok(SendOutcome::Delivered),
        Err(_) if process.wait_exit(Duration::ZERO)? => Ok(SendOutcome::AlreadyGone),
        Err(error) => Err(error.into()),
    }
}
