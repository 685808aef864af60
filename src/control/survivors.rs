//! The look at the processes that are left after the end of a daemon.

use std::time::Duration;

use super::family::{Descendant, Family};
use super::grant::Grant;
use super::left::{Left, LeftProcess, Relation};
use crate::deadline::Deadline;
use crate::platform::{self, PinnedProcess, PresentListener, Socket};

/// The time to look for the processes that hold a socket: ample, because it ends once all are
/// found or all processes were looked at, also if a machine is overloaded.
const SEARCH_TIME: Duration = Duration::from_secs(5);

impl Grant {
    /// Returns the descendants that live on, and the processes that listen on the addresses of
    /// the daemon, as of the first [`Self::hold_family`]. Nothing is connected to. To be called
    /// once the process has exited.
    ///
    /// Linux: the kernel names the listeners, by
    /// [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html); the processes that
    /// hold them are found by
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html) among those
    /// that the caller may look at.
    #[must_use]
    pub fn left(&self) -> Left {
        let family = self.family();
        family.left(family.present())
    }
}

impl Family {
    /// Names the processes that are left, with the listeners that are `present`; the error tells
    /// why these are not known.
    pub(super) fn left(&self, present: Result<Vec<PresentListener>, String>) -> Left {
        let (present, error) = match present {
            Ok(present) => (present, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        let present = &present;
        let mut left = Left::default();
        self.add_descendants(&mut left, present);
        // A process without a descendant leaves none that serves for it.
        left.may_serve = error.is_some() && (!self.is_without_places || !left.processes.is_empty());
        left.unknown = error.or_else(|| self.orphans_unknown.clone());
        self.add_holders(&mut left, present);
        self.add_orphans(&mut left, present);
        left.processes.extend(unseen(&left.processes, present));
        left.processes.sort_by_key(|process| !process.is_serving);
        left
    }

    fn add_descendants(&self, left: &mut Left, present: &[PresentListener]) {
        for Descendant {
            process, refusal, ..
        } in self.living()
        {
            let mut entry = describe(process, Relation::Descendant, present);
            entry.refusal.clone_from(refusal);
            left.processes.push(entry);
            left.ending.extend(process.try_clone().ok());
        }
    }

    /// Adds the processes that hold one of the listeners, and are no descendants.
    fn add_holders(&self, left: &mut Left, present: &[PresentListener]) {
        for process in holders(present) {
            if left.has(&process) {
                continue;
            }
            let relation = self.relation(&process, present);
            left.processes.push(describe(&process, relation, present));
            let is_same = |listener: &&PresentListener| listener.socket == Socket::Same;
            let mut given = present.iter().filter(is_same);
            if relation == Relation::Other && given.any(|listener| holds(&process, listener)) {
                left.ending.push(process);
            }
        }
    }

    fn add_orphans(&self, left: &mut Left, present: &[PresentListener]) {
        let is_alive = |it: &&PinnedProcess| !it.wait_exit(Duration::ZERO).unwrap_or(false);
        for orphan in self.orphans.iter().filter(is_alive) {
            if !left.has(orphan) {
                let entry = describe(orphan, Relation::Orphan, present);
                left.processes.push(entry);
            }
        }
    }

    /// Returns the listeners that are left, or the reason that they are not known.
    fn present(&self) -> Result<Vec<PresentListener>, String> {
        let Some(listeners) = &self.listeners else {
            return Ok(Vec::new());
        };
        let listeners = listeners.as_ref().map_err(ToString::to_string)?;
        listeners.present().map_err(|error| error.to_string())
    }

    /// Returns the relation of a process that holds a listener and is no known descendant.
    fn relation(&self, process: &PinnedProcess, present: &[PresentListener]) -> Relation {
        if process.pid() == 1 || self.is_below(process) {
            return Relation::Supervisor;
        }
        let held = || present.iter().filter(|listener| holds(process, listener));
        if held().all(|listener| listener.socket == Socket::Rival) {
            return Relation::Rival;
        }
        let is_from_daemon = |listener: &PresentListener| {
            let mut ancestors = self.ancestors.iter();
            listener.socket == Socket::Same && !ancestors.any(|above| holds(above, listener))
        };
        if self.is_same_program(process) && !held().any(is_from_daemon) {
            Relation::NewInstance
        } else {
            Relation::Other
        }
    }

    /// Returns whether a process is above the daemon, and not one that has the number of such a
    /// process which has ended.
    fn is_below(&self, process: &PinnedProcess) -> bool {
        let has_ended = |above: &PinnedProcess| above.wait_exit(Duration::ZERO).unwrap_or(true);
        let mut ancestors = self.ancestors.iter();
        ancestors.any(|above| above.pid() == process.pid() && !has_ended(above))
    }

    /// Returns whether a process runs the program of the daemon with the same arguments. An
    /// interpreter runs many, and an upgrade is another image of the same.
    fn is_same_program(&self, process: &PinnedProcess) -> bool {
        let command = platform::describe(process.pid()).map(|facts| facts.command);
        match (&self.program, &command) {
            (Some(ours), Some(theirs)) => {
                ours == theirs && self.arguments == process.arguments().ok()
            }
            _ => self.image.is_some() && process.image_id().ok() == self.image,
        }
    }
}

fn describe(
    process: &PinnedProcess,
    relation: Relation,
    present: &[PresentListener],
) -> LeftProcess {
    let pid = process.pid();
    let facts = platform::describe(pid);
    let (program, user) = facts.map_or((None, None), |it| (Some(it.command), it.user));
    let held: Vec<_> = present.iter().filter(|it| holds(process, it)).collect();
    let mut listeners: Vec<_> = held.iter().map(|it| it.address.to_string()).collect();
    listeners.dedup();
    LeftProcess {
        pid: Some(pid),
        program,
        user,
        relation,
        listeners,
        is_serving: held.iter().any(|it| it.is_reachable),
        standstill: process.standstill(),
        refusal: None,
    }
}

fn holders(present: &[PresentListener]) -> Vec<PinnedProcess> {
    let inodes: Vec<u32> = present.iter().flat_map(|it| it.inodes.clone()).collect();
    if inodes.is_empty() {
        return Vec::new();
    }
    platform::socket_holders(&inodes, Deadline::after(SEARCH_TIME))
}

fn holds(process: &PinnedProcess, listener: &PresentListener) -> bool {
    process.holds_socket(&listener.inodes).unwrap_or(false)
}

/// Returns an entry without a process for the addresses whose listener none of these holds, of
/// those that were not served by another process before.
fn unseen(seen: &[LeftProcess], present: &[PresentListener]) -> Option<LeftProcess> {
    let is_seen = |address: &String| seen.iter().any(|it| it.listeners.contains(address));
    let mut is_serving = false;
    let mut listeners = Vec::new();
    for listener in present {
        let address = listener.address.to_string();
        if listener.socket != Socket::Rival && !is_seen(&address) {
            is_serving |= listener.is_reachable;
            listeners.push(address);
        }
    }
    (!listeners.is_empty()).then_some(LeftProcess {
        pid: None,
        program: None,
        user: None,
        relation: Relation::Other,
        listeners,
        is_serving,
        standstill: None,
        refusal: None,
    })
}
