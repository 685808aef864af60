//! The processes that live on, or serve on, after a daemon has ended.

use std::io;
use std::time::Duration;

use serde::Serialize;

use super::wait::{WaitOutcome, wait_for_one};
use crate::named::named;
use crate::platform::{AsWaitable, PinnedProcess};
use crate::standstill::Standstill;

named! {
    /// The relation of a process to a daemon that has ended.
    #[non_exhaustive]
    pub enum Relation {
        /// A descendant of the daemon, which was held before the end of the daemon.
        Descendant = "descendant",
        /// A process above the daemon, which holds the listener for it: socket activation. The
        /// listener was not the daemon's to close.
        Supervisor = "supervisor",
        /// A process of that program, on a listener of its own, or on that of a supervisor: the daemon was
        /// started again.
        NewInstance = "new_instance",
        /// A process that served an address of the daemon before its end, on a socket of its
        /// own.
        Rival = "rival",
        /// A process that has started since the signal in the session of the daemon or of a
        /// descendant, and whose parent has ended: it may be a child of one of them, which nothing
        /// proves any more. It was not signalled.
        Orphan = "orphan",
        /// Any other process: one that got the listener from the daemon, or took its address
        /// since.
        Other = "other",
    }
}

/// A process that is left after the end of a daemon, as plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeftProcess {
    /// PID; `None` if the caller may not see the process that holds the listeners.
    pub pid: Option<u32>,
    /// The program, without its arguments, or the name of a process whose program is not known.
    pub program: Option<String>,
    /// The name of the user, or the number of a user without a name.
    pub user: Option<String>,
    /// The relation to the daemon.
    pub relation: Relation,
    /// The addresses of the daemon on which the process listens: paths of Unix sockets, names of
    /// abstract ones after `@`, and TCP addresses.
    pub listeners: Vec<String>,
    /// Whether clients can reach one of them. A Unix socket without its file serves none.
    pub is_serving: bool,
    /// Why the process does nothing, not even end.
    pub standstill: Option<Standstill>,
    /// Why the process was not signalled, if the system refused.
    pub refusal: Option<String>,
}

/// All that is left after the end of a daemon.
#[derive(Debug, Default)]
pub struct Left {
    pub(super) processes: Vec<LeftProcess>,
    /// Those that may end because the daemon has: its descendants, and the processes that have
    /// its listener.
    pub(super) ending: Vec<PinnedProcess>,
    /// Why others that are left would not be known.
    pub(super) unknown: Option<String>,
    /// Whether one of those may serve.
    pub(super) may_serve: bool,
}

impl Left {
    /// Returns the processes, those that serve first.
    #[must_use]
    pub fn processes(&self) -> &[LeftProcess] {
        &self.processes
    }

    /// Returns why it is not known whether other processes are left: an error of the system, a
    /// missing right, or a daemon that had ended before, and whose record names no socket. `None`
    /// if all were looked for.
    #[must_use]
    pub fn unknown(&self) -> Option<&str> {
        self.unknown.as_deref()
    }

    /// Returns whether a process that is not known may listen on an address of the daemon. Nothing
    /// suggests so if the record names no address and the daemon has left no descendant.
    #[must_use]
    pub fn may_be_served(&self) -> bool {
        self.may_serve
    }

    /// Returns whether an address of the daemon is served by another process than a
    /// supervisor, which only holds the listener until the daemon is started again, or a rival,
    /// which was there before.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.serving().next().is_some()
    }

    /// Returns whether an address may not be served any more once the processes have ended that
    /// have the listener from the daemon. A new instance does not end.
    #[must_use]
    pub fn may_end(&self) -> bool {
        let ends = |process: &LeftProcess| {
            let mut ending = self.ending.iter();
            ending.any(|ending| Some(ending.pid()) == process.pid)
        };
        self.serving().any(ends)
    }

    /// Waits until one of the processes has exited that may end, or `stop` is readable, at most
    /// `timeout`.
    ///
    /// # Errors
    ///
    /// The error of the system if waiting fails.
    pub fn wait_change_or(
        &self,
        stop: impl AsWaitable,
        timeout: Duration,
    ) -> io::Result<WaitOutcome> {
        let ending: Vec<_> = self.ending.iter().collect();
        wait_for_one(&ending, stop, timeout)
    }

    pub(super) fn has(&self, process: &PinnedProcess) -> bool {
        let mut processes = self.processes.iter();
        processes.any(|known| known.pid == Some(process.pid()))
    }

    fn serving(&self) -> impl Iterator<Item = &LeftProcess> {
        let is_apart = |relation| matches!(relation, Relation::Supervisor | Relation::Rival);
        let serving = self.processes.iter().filter(|process| process.is_serving);
        serving.filter(move |process| !is_apart(process.relation))
    }
}
