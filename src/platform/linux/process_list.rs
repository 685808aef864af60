//! The processes of this PID namespace.

use std::io;

#[cfg(feature = "client")]
use super::pid_namespace::hides_processes;
#[cfg(feature = "client")]
use super::rights::has_ptrace;

#[cfg(feature = "client")]
pub(crate) use super::proc::thread_status;

/// Returns the PIDs of all processes that can be seen, of
/// [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html).
pub(super) fn pids() -> impl Iterator<Item = u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

/// Returns the PIDs of all processes.
///
/// # Errors
///
/// The error of the system, or that the mount option `hidepid` may hide some.
#[cfg(feature = "client")]
pub(super) fn every_pid() -> io::Result<impl Iterator<Item = u32>> {
    std::fs::metadata("/proc")?;
    if hides_processes() && !has_ptrace() {
        return Err(io::Error::other("/proc hides processes (hidepid)"));
    }
    Ok(pids())
}
