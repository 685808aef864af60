//! The children of a pinned process, and their children.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{AtFlags, statat};
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::proc;
use super::process::PinnedProcess;
use crate::platform::types::{Liveness, PinError};

/// The descendants that are held at once.
const MAX_DESCENDANTS: usize = 10_000;

impl PinnedProcess {
    /// Pins the living descendants of this process, parents before children.
    ///
    /// Looks again until no further descendant appears: the kernel can leave out a child
    /// while another one exits. A process whose parent has exited has another parent, and
    /// is not found. The first process of the PID namespace has none: it is the parent of
    /// all orphans.
    pub(crate) fn descendants(&self) -> io::Result<Vec<Self>> {
        let mut family = vec![self.try_clone()?];
        while self.pid() != 1 && add_children(&mut family)? {}
        family.remove(0);
        family.retain(|process| !process.has_ended());
        Ok(family)
    }

    /// Returns whether this process is a child of the calling one that was not waited for,
    /// by [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html), which leaves it
    /// to be waited for.
    pub(crate) fn is_own_child(&self) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        match waitid(WaitId::PidFd(self.as_fd()), options) {
            Ok(_) => Ok(true),
            Err(Errno::CHILD) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns the PIDs of the present children.
    pub(super) fn children(&self) -> io::Result<Vec<u32>> {
        let mut children = Vec::new();
        for thread in self.thread_directories()? {
            let children_of_thread = proc::open_at(&thread, "children")
                .map_err(io::Error::from)
                .and_then(proc::read);
            match children_of_thread {
                Ok(text) => {
                    let pids = text.split_ascii_whitespace();
                    children.extend(pids.filter_map(|pid| pid.parse::<u32>().ok()));
                }
                // A thread that has ended has no children: another one has them now.
                Err(_) if statat(&thread, "stat", AtFlags::empty()).is_err() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(children)
    }

    /// Pins the child with this PID; `None` if there is no such child any more.
    pub(super) fn pin_child(&self, pid: u32) -> io::Result<Option<Self>> {
        let child = match Self::open(pid) {
            Ok(child) => child,
            Err(PinError::NoSuchProcess | PinError::Thread { .. }) => return Ok(None),
            Err(PinError::Denied(_)) => return Err(io::ErrorKind::PermissionDenied.into()),
            Err(error) => return Err(io::Error::other(error.to_string())),
        };
        match child.status() {
            Ok(status) if status.parent != self.pid() => Ok(None),
            // So long, the number of the parent is its own.
            Ok(_) => Ok((self.liveness()? == Liveness::Alive).then_some(child)),
            Err(_) if child.has_ended() => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn has_ended(&self) -> bool {
        matches!(self.liveness(), Ok(Liveness::Zombie | Liveness::Reaped))
    }
}

/// Adds the living children of all members that are no members yet. Returns whether there
/// were any.
fn add_children(family: &mut Vec<PinnedProcess>) -> io::Result<bool> {
    let before = family.len();
    let mut at = 0;
    while let Some(parent) = family.get(at) {
        let children = match parent.children() {
            Err(_) if parent.has_ended() => Vec::new(),
            children => children?,
        };
        for pid in children {
            // The number of a member that has ended may be that of another process.
            let is_member = |known: &PinnedProcess| known.pid() == pid && !known.has_ended();
            if family.iter().any(is_member) {
                continue;
            }
            if let Some(child) = family[at].pin_child(pid)?
                && !child.has_ended()
            {
                family.push(child);
            }
            if family.len() > MAX_DESCENDANTS {
                return Err(io::Error::other("it has too many descendants"));
            }
        }
        at += 1;
    }
    Ok(family.len() > before)
}
