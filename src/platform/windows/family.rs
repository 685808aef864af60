//! The processes below and above a pinned process.
//!
//! A process keeps the PID of the one that started it, which may have ended. A child is
//! younger than its parent; one that claims an older process than its own parent's start is
//! that of an earlier process with the same number.

use std::collections::BTreeSet;
use std::io;

use super::process::PinnedProcess;
use super::sys::process::{self as sys, ListedProcess};
use crate::deadline::Deadline;
use crate::platform::types::{PinError, SocketHolder, StartTime};

/// The generations that are looked at.
const MAX_DEPTH: usize = 32;

/// Returns no process: there are no sessions to which a process without parents could be traced.
pub(crate) fn orphans(_: &BTreeSet<u32>, _: u64) -> io::Result<Vec<PinnedProcess>> {
    Ok(Vec::new())
}

impl PinnedProcess {
    /// Pins the living descendants of this process, parents before children.
    pub(crate) fn descendants(&self) -> io::Result<Vec<Self>> {
        let mut found = Vec::new();
        self.find_descendants(&[], &mut found).map(|()| found)
    }

    /// Adds the living descendants of this process that are not `held` to `found`, parents
    /// before children, and those of the held ones.
    ///
    /// # Errors
    ///
    /// The error of the system. Those that were found before are added.
    pub(crate) fn find_descendants(&self, held: &[&Self], found: &mut Vec<Self>) -> io::Result<()> {
        let all = sys::list()?;
        let mut parents = vec![self.try_clone()?];
        for known in held {
            parents.push(known.try_clone()?);
        }
        while let Some(parent) = parents.pop() {
            for child in parent.children_in(&all) {
                let is_it = |known: &Self| known.pid() == child;
                if held.iter().any(|known| is_it(known)) || found.iter().any(is_it) {
                    continue;
                }
                if let Some(child) = parent.pin_child(child)? {
                    parents.push(child.try_clone()?);
                    found.push(child);
                }
            }
        }
        Ok(())
    }

    /// Returns the PIDs of the processes that name this one as their parent.
    fn children_in(&self, all: &[ListedProcess]) -> Vec<u32> {
        let pid = self.pid();
        let children = all.iter().filter(|it| it.parent == pid && it.pid != pid);
        children.map(|it| it.pid).collect()
    }

    /// Pins the child with this PID; `None` if there is no such child any more.
    fn pin_child(&self, pid: u32) -> io::Result<Option<Self>> {
        let child = match Self::open(pid) {
            Ok(child) => child,
            Err(PinError::NoSuchProcess) => return Ok(None),
            Err(PinError::Denied(_)) => return Err(io::ErrorKind::PermissionDenied.into()),
            Err(PinError::Io(error)) => return Err(error),
            Err(error) => return Err(io::Error::other(error.to_string())),
        };
        Ok(child.is_started_by(self)?.then_some(child))
    }

    /// Returns whether a held process has started this one. While it is held, its number is
    /// that of no other process.
    fn is_started_by(&self, parent: &Self) -> io::Result<bool> {
        let is_named = self.status()?.parent == parent.pid();
        Ok(is_named && ticks(parent.start()?) <= ticks(self.start()?))
    }

    /// Pins the processes above this one, the nearest first, as far as they live and can be
    /// seen.
    pub(crate) fn ancestors(&self) -> Vec<Self> {
        let mut above: Vec<Self> = Vec::new();
        while above.len() < MAX_DEPTH
            && let Some(parent) = above.last().unwrap_or(self).pin_parent()
        {
            above.push(parent);
        }
        above
    }

    fn pin_parent(&self) -> Option<Self> {
        let parent = Self::open(self.status().ok()?.parent).ok()?;
        self.is_started_by(&parent).ok()?.then_some(parent)
    }

    /// Returns whether the calling process has started this one.
    pub(crate) fn is_own_child(&self) -> io::Result<bool> {
        self.is_started_by(&Self::own()?)
    }

    /// Returns whether this process descends from `ancestor`, as far as the processes between
    /// them live.
    #[cfg(feature = "client")]
    pub(crate) fn descends_from(&self, ancestor: &Self) -> io::Result<bool> {
        Ok(self.ancestors().iter().any(|it| it.pid() == ancestor.pid()))
    }

    /// Returns whether this process has children, as far as that can be told.
    pub(crate) fn has_children(&self) -> bool {
        sys::list().is_ok_and(|all| !self.children_in(&all).is_empty())
    }

    /// Returns whether this process has created the instance of one of these pipes, which have
    /// the PIDs of their servers as numbers.
    pub(crate) fn holds_socket(&self, inodes: &[u32]) -> io::Result<bool> {
        Ok(inodes.contains(&self.pid()))
    }

    /// Returns the numbers of the pipes that this process serves.
    pub(crate) fn socket_inodes(&self) -> io::Result<BTreeSet<u32>> {
        Ok([self.pid()].into())
    }

    /// Returns a descendant of this process that serves one of these pipes.
    pub(crate) fn descendant_holding(&self, inodes: &[u32]) -> io::Result<Option<Self>> {
        let descendants = self.descendants()?;
        Ok(descendants
            .into_iter()
            .find(|it| inodes.contains(&it.pid())))
    }

    /// Returns descendants of this process that serve these pipes.
    pub(crate) fn descendants_holding(
        &self,
        inodes: BTreeSet<u32>,
        _: Deadline,
    ) -> (Vec<SocketHolder<Self>>, Option<io::Error>) {
        let mut found = Vec::new();
        let error = self.find_descendants(&[], &mut found).err();
        let holders = found.into_iter().filter_map(|process| {
            let pid = process.pid();
            inodes.contains(&pid).then(|| SocketHolder {
                process,
                sockets: [pid].into(),
            })
        });
        (holders.collect(), error)
    }
}

fn ticks(start: Option<StartTime>) -> Option<u64> {
    start.map(|start| start.ticks)
}

/// Returns whether this process descends from `process`.
pub(crate) fn is_ancestor(process: &PinnedProcess) -> io::Result<bool> {
    let mut above = PinnedProcess::own()?.ancestors().into_iter();
    Ok(above.any(|it| it.pid() == process.pid()))
}

/// Returns a process that serves one of these pipes; `None` if it has ended.
pub(crate) fn socket_holder(inodes: &[u32], _first: u32, _: Deadline) -> Option<PinnedProcess> {
    socket_holders(inodes, Deadline::after(std::time::Duration::ZERO)).pop()
}

/// Returns the processes that serve these pipes.
pub(crate) fn socket_holders(inodes: &[u32], _: Deadline) -> Vec<PinnedProcess> {
    let processes = inodes.iter().map(|&pid| PinnedProcess::open(pid));
    processes.filter_map(Result::ok).collect()
}
