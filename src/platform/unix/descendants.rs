//! The children of a pinned process, and their children.

use std::collections::BTreeMap;
use std::io;

use super::process::PinnedProcess;
use crate::platform::types::{Liveness, PinError};

/// The descendants that are held at once.
const MAX_DESCENDANTS: usize = 10_000;

/// Looks at all of them, each after one that found another. A family that grows faster has no
/// end.
const MAX_LOOKS: usize = 32;

impl PinnedProcess {
    /// Pins the living descendants of this process, parents before children.
    pub(crate) fn descendants(&self) -> io::Result<Vec<Self>> {
        let mut found = Vec::new();
        self.find_descendants(&[], &mut found).map(|()| found)
    }

    /// Adds the living descendants of this process that are not `held` to `found`, parents before
    /// children, and those of the held ones.
    ///
    /// Looks again until no further descendant appears: the kernel can leave out a child
    /// while another one exits. A process whose parent has exited has another parent, and
    /// is not found. The first process of the PID namespace has none: it is the parent of
    /// all orphans.
    ///
    /// # Errors
    ///
    /// The error of the system, or that there are too many. Those that were found before are
    /// added.
    pub(crate) fn find_descendants(&self, held: &[&Self], found: &mut Vec<Self>) -> io::Result<()> {
        for _ in 0..MAX_LOOKS {
            if self.pid() == 1 || !add_children(self, held, found)? {
                found.retain(|process| !process.has_ended());
                return Ok(());
            }
        }
        Err(io::Error::other("its descendants multiply"))
    }

    /// Pins the child with this PID; `None` if there is no such child any more.
    pub(super) fn pin_child(&self, pid: u32) -> io::Result<Option<Self>> {
        let child = match Self::open(pid) {
            Ok(child) => child,
            Err(PinError::NoSuchProcess | PinError::Thread { .. }) => return Ok(None),
            Err(PinError::Denied(_)) => return Err(io::ErrorKind::PermissionDenied.into()),
            Err(PinError::Io(error)) => return Err(error),
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

    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.liveness(), Ok(Liveness::Zombie | Liveness::Reaped))
    }
}

/// Adds the living children of `first`, of the `held` ones and of those `found` before, unless
/// they are among them. Returns whether there were any.
fn add_children(
    first: &PinnedProcess,
    held: &[&PinnedProcess],
    found: &mut Vec<PinnedProcess>,
) -> io::Result<bool> {
    let before = found.len();
    let known = held.iter().copied().chain(found.iter());
    let mut places: BTreeMap<u32, usize> = known.map(PinnedProcess::pid).zip(1..).collect();
    let mut at = 0;
    while let Some(parent) = member(at, first, held, found) {
        let children = match parent.children() {
            Err(_) if parent.has_ended() => Vec::new(),
            children => children?,
        };
        for pid in children {
            // The number of one that has ended may be that of another process.
            let known = places.get(&pid);
            let known = known.and_then(|&place| member(place, first, held, found));
            if known.is_some_and(|known| !known.has_ended()) {
                continue;
            }
            if let Some(parent) = member(at, first, held, found)
                && let Some(child) = parent.pin_child(pid)?
                && !child.has_ended()
            {
                found.push(child);
                places.insert(pid, held.len() + found.len());
            }
            if held.len() + found.len() > MAX_DESCENDANTS {
                return Err(io::Error::other("it has too many descendants"));
            }
        }
        at += 1;
    }
    Ok(found.len() > before)
}

/// Returns the process at a place in `first`, then `held`, then `found`.
fn member<'a>(
    at: usize,
    first: &'a PinnedProcess,
    held: &[&'a PinnedProcess],
    found: &'a [PinnedProcess],
) -> Option<&'a PinnedProcess> {
    let Some(at) = at.checked_sub(1) else {
        return Some(first);
    };
    let is_held = held.get(at).copied();
    is_held.or_else(|| found.get(at.checked_sub(held.len())?))
}
