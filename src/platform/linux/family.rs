//! The processes around a process, and those that hold a socket.

use std::io;

use super::process::PinnedProcess;
use crate::deadline::Deadline;

/// Walks over all descendants: the kernel can leave out a child while another one exits.
const WALKS: usize = 2;

/// The generations below a process that are looked at.
const MAX_DEPTH: usize = 32;

/// The descendants that are looked at.
const MAX_PROCESSES: usize = 10_000;

impl PinnedProcess {
    /// Returns a descendant of this process that holds one of these sockets, by the file
    /// `children` of [proc_pid_task(5)](https://man7.org/linux/man-pages/man5/proc_pid_task.5.html).
    ///
    /// Every process on the way down is pinned before its parent is read, and the parent
    /// is not reaped after that, so a reused PID is never taken for a descendant. The
    /// first process of the PID namespace has none: it is the parent of all orphans.
    ///
    /// # Errors
    ///
    /// Fails if no descendant is found to hold one, and one could not be examined.
    pub(crate) fn descendant_holding(&self, inodes: &[u32]) -> io::Result<Option<Self>> {
        if self.pid() == 1 {
            return Ok(None);
        }
        let mut walk = Walk {
            inodes,
            left: MAX_PROCESSES,
            error: None,
        };
        for _ in 0..WALKS {
            if let Some(found) = walk.below(self, MAX_DEPTH) {
                return Ok(Some(found));
            }
        }
        walk.error.map_or(Ok(None), Err)
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
struct Walk<'a> {
    inodes: &'a [u32],
    left: usize,
    /// The reason that one of them could not be examined.
    error: Option<io::Error>,
}

impl Walk<'_> {
    fn below(&mut self, parent: &PinnedProcess, depth: usize) -> Option<PinnedProcess> {
        let children = match parent.children() {
            Ok(children) => children,
            Err(error) => {
                // What another one holds stays unknown.
                if !parent.has_ended() {
                    self.error = Some(error);
                }
                return None;
            }
        };
        for pid in children {
            if depth == 0 || self.left == 0 {
                self.error = Some(io::Error::other("it has too many descendants"));
                return None;
            }
            self.left -= 1;
            let found = match parent.pin_child(pid) {
                Ok(child) => child.and_then(|child| self.at(child, depth - 1)),
                Err(error) => {
                    self.error = Some(error);
                    None
                }
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn at(&mut self, process: PinnedProcess, depth: usize) -> Option<PinnedProcess> {
        match process.holds_socket(self.inodes) {
            Ok(true) => return Some(process),
            Ok(false) => {}
            Err(_) if process.has_ended() => {}
            Err(error) => self.error = Some(error),
        }
        self.below(&process, depth)
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
    let entries = std::fs::read_dir("/proc").into_iter().flatten();
    entries
        .take_while(move |_| !deadline.has_passed())
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
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
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_process_that_ended_hides_no_error_about_another() {
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        let ended = PinnedProcess::open(child.id()).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let mut walk = Walk {
            inodes: &[0],
            left: 1,
            error: Some(io::ErrorKind::PermissionDenied.into()),
        };
        assert!(walk.below(&ended, 1).is_none());
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
        assert_eq!(holder.unwrap().pid(), this);
    }
}
