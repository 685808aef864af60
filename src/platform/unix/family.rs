//! The processes around a process, and those that hold a socket.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use super::process::PinnedProcess;
use super::process_list::pids;
use crate::deadline::Deadline;
use crate::platform::types::SocketHolder;

/// Walks over all descendants: the kernel can leave out a child while another one exits.
const WALKS: usize = 2;

/// The generations below a process that are looked at.
const MAX_DEPTH: usize = 32;

/// The descendants that are looked at.
const MAX_PROCESSES: usize = 10_000;

impl PinnedProcess {
    /// Returns a descendant of this process that holds one of these sockets.
    ///
    /// Every process on the way down is pinned before its parent is read, and the parent
    /// is not reaped after that, so a reused PID is never taken for a descendant. The
    /// first process of the PID namespace has none: it is the parent of all orphans.
    ///
    /// # Errors
    ///
    /// Fails if no descendant is found to hold one, and one could not be examined.
    pub(crate) fn descendant_holding(&self, inodes: &[u32]) -> io::Result<Option<Self>> {
        let mut walk = Walk::new(
            inodes.iter().copied().collect(),
            Deadline::after(Duration::MAX),
        );
        walk.is_one_enough = true;
        walk.run(self);
        match (walk.found.pop(), walk.error) {
            (None, Some(error)) => Err(error),
            (found, _) => Ok(found.map(|found| found.process)),
        }
    }

    /// Returns descendants that hold these sockets, as [`Self::descendant_holding`] finds them,
    /// one for each socket. The error tells why those of the others may not have been found;
    /// there is one if the deadline passes before.
    pub(crate) fn descendants_holding(
        &self,
        inodes: BTreeSet<u32>,
        deadline: Deadline,
    ) -> (Vec<SocketHolder<Self>>, Option<io::Error>) {
        let mut walk = Walk::new(inodes, deadline);
        walk.run(self);
        let error = walk.error.filter(|_| !walk.wanted.is_empty());
        (walk.found, error)
    }

    /// Pins the processes above this one, the nearest first, as far as they can be seen.
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
        let parent = || self.status().ok().map(|status| status.parent);
        let process = Self::open(parent()?).ok()?;
        // Otherwise the PID may have been reused before it was pinned.
        (parent() == Some(process.pid()) && !self.has_ended()).then_some(process)
    }

    /// Returns whether this process has children, as far as that can be read.
    pub(crate) fn has_children(&self) -> bool {
        self.children().is_ok_and(|children| !children.is_empty())
    }
}

/// A walk over the descendants of a process.
struct Walk {
    /// The inodes of the sockets without a holder.
    wanted: BTreeSet<u32>,
    found: Vec<SocketHolder<PinnedProcess>>,
    /// Whether the holder of one socket ends the walk.
    is_one_enough: bool,
    deadline: Deadline,
    left: usize,
    /// The reason that one of them could not be examined.
    error: Option<io::Error>,
}

impl Walk {
    fn new(wanted: BTreeSet<u32>, deadline: Deadline) -> Self {
        Self {
            wanted,
            found: Vec::new(),
            is_one_enough: false,
            deadline,
            left: MAX_PROCESSES,
            error: None,
        }
    }

    fn run(&mut self, first: &PinnedProcess) {
        if first.pid() == 1 {
            return;
        }
        for _ in 0..WALKS {
            if !self.wanted.is_empty() {
                self.below(first, MAX_DEPTH);
            }
        }
    }

    fn below(&mut self, parent: &PinnedProcess, depth: usize) {
        let children = match parent.children() {
            Ok(children) => children,
            Err(error) => {
                // What another one holds stays unknown.
                if !parent.has_ended() {
                    self.error = Some(error);
                }
                return;
            }
        };
        for pid in children {
            if depth == 0 || self.left == 0 {
                self.error = Some(io::Error::other("it has too many descendants"));
                return;
            }
            if self.deadline.has_passed() {
                let error = "no time was left to look at all of its descendants";
                self.error = Some(io::Error::new(io::ErrorKind::TimedOut, error));
                return;
            }
            self.left -= 1;
            match parent.pin_child(pid) {
                Ok(Some(child)) => self.at(child, depth - 1),
                Ok(None) => {}
                Err(error) => self.error = Some(error),
            }
            if self.wanted.is_empty() {
                return;
            }
        }
    }

    fn at(&mut self, process: PinnedProcess, depth: usize) {
        let mut sockets = BTreeSet::new();
        match process.socket_inodes() {
            Ok(held) => sockets = &held & &self.wanted,
            Err(_) if process.has_ended() => {}
            Err(error) => self.error = Some(error),
        }
        self.wanted.retain(|inode| !sockets.contains(inode));
        if self.is_one_enough && !sockets.is_empty() {
            self.wanted.clear();
        }
        if !self.wanted.is_empty() {
            self.below(&process, depth);
        }
        if !sockets.is_empty() {
            self.found.push(SocketHolder { process, sockets });
        }
    }
}

/// Returns a process that holds one of these sockets; `None` if none is found before the deadline
/// among those that this process may look at. The process with PID `first` is tried before
/// all others.
pub(crate) fn socket_holder(
    inodes: &[u32],
    first: u32,
    deadline: Deadline,
) -> Option<PinnedProcess> {
    holder(first, inodes).or_else(|| holders(inodes, deadline).next())
}

/// Returns the processes that hold one of these sockets, as far as they are found before the
/// deadline among those that this process may look at.
pub(crate) fn socket_holders(inodes: &[u32], deadline: Deadline) -> Vec<PinnedProcess> {
    holders(inodes, deadline).collect()
}

fn holders(inodes: &[u32], deadline: Deadline) -> impl Iterator<Item = PinnedProcess> {
    pids()
        .take_while(move |_| !deadline.has_passed())
        .filter_map(|pid| holder(pid, inodes))
}

fn holder(pid: u32, inodes: &[u32]) -> Option<PinnedProcess> {
    let process = PinnedProcess::open(pid).ok()?;
    let is_held = process.holds_socket(inodes).is_ok_and(|is_held| is_held);
    is_held.then_some(process)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixListener;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_process_that_ended_hides_no_error_about_another() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let ended = PinnedProcess::open(child.id()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut walk = Walk::new([0].into(), Deadline::after(Duration::MAX));
        walk.error = Some(io::ErrorKind::PermissionDenied.into());
        walk.below(&ended, 1);
        assert!(walk.error.is_some());
    }

    #[test]
    fn a_grandchild_with_the_socket_is_found_and_no_other_process() {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("s")).unwrap();
        let inode = u32::try_from(rustix::fs::fstat(&listener).unwrap().st_ino).unwrap();
        // The shell between does not keep the socket.
        let mut shell = Command::new("sh")
            .args(["-c", "exec 3<&0; sleep 1000 & exec 3<&- <&-; echo $!; wait"])
            .stdin(listener.as_fd().try_clone_to_owned().unwrap())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(shell.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();

        let pinned = PinnedProcess::open(shell.id()).unwrap();
        let found = pinned.descendant_holding(&[inode]).unwrap();
        let none = pinned.descendant_holding(&[0]).unwrap();
        let both = [0, inode].into();
        let (of_both, error) = pinned.descendants_holding(both, Deadline::after(Duration::MAX));
        let (_, late) = pinned.descendants_holding([0].into(), Deadline::after(Duration::ZERO));
        let this = std::process::id();
        let holder = socket_holder(&[inode], this, Deadline::after(Duration::ZERO));
        let signal = crate::signal::Signal::Kill;
        drop(found.as_ref().map(|found| found.signal(signal)));
        shell.wait().unwrap();
        assert_eq!(
            found.map(|found| found.pid().to_string()),
            Some(line.trim().to_owned())
        );
        assert!(none.is_none());
        assert_eq!(of_both.len(), 1);
        assert_eq!(of_both[0].sockets, [inode].into());
        assert!(error.is_none());
        assert_eq!(late.unwrap().kind(), io::ErrorKind::TimedOut);
        assert_eq!(holder.unwrap().pid(), this);
    }
}
