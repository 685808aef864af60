//! Processes whose parent has ended: nothing proves whose children they were.

use std::collections::BTreeSet;
use std::io;

use super::process::PinnedProcess;
use super::process_list::{every_pid, thread_status};
use crate::platform::types::Liveness;

/// Returns the living processes of these sessions that have started since a time, in ticks of
/// [`StartTime`](crate::platform::types::StartTime), and whose parent is not one of the session,
/// by [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). A process
/// comes into a session by fork(2) or by setsid(2), and in no other way.
///
/// # Errors
///
/// The error of the system, or that the system may hide some.
pub(crate) fn orphans(sessions: &BTreeSet<u32>, since: u64) -> io::Result<Vec<PinnedProcess>> {
    let found = every_pid()?
        .filter(|&pid| session(pid).is_some_and(|session| sessions.contains(&session)))
        .filter_map(|pid| PinnedProcess::open(pid).ok())
        .filter(|process| is_orphan(process, sessions, since).unwrap_or(false))
        .collect();
    Ok(found)
}

fn is_orphan(process: &PinnedProcess, sessions: &BTreeSet<u32>, since: u64) -> Option<bool> {
    let status = process.status().ok()?;
    let start = process.start().ok()??;
    let is_alive = process.liveness().ok()? == Liveness::Alive;
    let is_of_session = sessions.contains(&status.session);
    let has_parent = session(status.parent) == Some(status.session);
    Some(is_alive && is_of_session && start.ticks >= since && !has_parent)
}

/// Returns the session of the process that has this PID now.
fn session(pid: u32) -> Option<u32> {
    thread_status(pid).ok().map(|status| status.session)
}
