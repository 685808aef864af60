//! The processes of this machine.

use std::io;

use super::sys::process as sys;
#[cfg(feature = "client")]
use crate::platform::types::ProcessStatus;

/// Returns the PIDs of all processes.
pub(super) fn pids() -> impl Iterator<Item = u32> {
    sys::pids().unwrap_or_default().into_iter()
}

/// Describes the process that has a PID now: threads have no numbers of that kind.
#[cfg(feature = "client")]
pub(crate) fn thread_status(pid: u32) -> io::Result<ProcessStatus> {
    use rustix::process::{Pid, getsid};

    let info = super::questions::info(pid)?.ok_or(io::ErrorKind::NotFound)?;
    let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let session = getsid(Some(number.ok_or(io::ErrorKind::NotFound)?))?;
    Ok(ProcessStatus {
        session: session.as_raw_nonzero().get().unsigned_abs(),
        ..super::start::status_of(&info)
    })
}

/// Returns the PIDs of all processes.
///
/// # Errors
///
/// The error of the system.
#[cfg(feature = "client")]
pub(super) fn every_pid() -> io::Result<impl Iterator<Item = u32>> {
    sys::pids().map(Vec::into_iter)
}
