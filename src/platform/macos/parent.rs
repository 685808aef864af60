//! The parent of this process.

use std::io;
use std::time::Duration;

use rustix::process::{Signal, getpid, getppid, kill_process};

use super::process::PinnedProcess;
use crate::platform::types::PinError;

/// Sends SIGTERM to this process when its parent ends, by a thread that waits for that.
///
/// Returns whether the parent is still `parent`. If not, it ended before the call and no
/// signal will come.
///
/// # Errors
///
/// The error of the system.
pub fn end_with_parent(parent: u32) -> io::Result<bool> {
    let held = match PinnedProcess::open(parent) {
        Ok(held) => held,
        Err(PinError::NoSuchProcess) => return Ok(false),
        Err(PinError::Io(error)) => return Err(error),
        Err(error) => return Err(io::Error::other(error.to_string())),
    };
    let now = getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if now != Some(parent) {
        return Ok(false);
    }
    std::thread::Builder::new().spawn(move || {
        if held.wait_exit(Duration::MAX).unwrap_or(false) {
            // Nothing is left to be told of an error.
            let _ = kill_process(getpid(), Signal::TERM);
        }
    })?;
    Ok(true)
}
