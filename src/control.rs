//! Stopping a process that was verified, and no other.

use std::io;
use std::time::Duration;

use crate::platform::PinnedProcess;

/// How a process that was asked to stop took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It exited in time.
    Exited,
    /// It still runs.
    StillAlive,
}

/// Ask a pinned process to terminate and wait for its exit.
///
/// A process that is already gone has exited.
pub(crate) fn terminate(process: &PinnedProcess, timeout: Duration) -> io::Result<Stop> {
    if let Err(error) = process.terminate() {
        let is_gone = process.wait_exit(Duration::ZERO)?;
        return if is_gone {
            Ok(Stop::Exited)
        } else {
            Err(error)
        };
    }
    Ok(if process.wait_exit(timeout)? {
        Stop::Exited
    } else {
        Stop::StillAlive
    })
}
