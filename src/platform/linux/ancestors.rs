//! Whether a process is an ancestor of another one. An ancestor of this process is never
//! signalled.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, getppid, pidfd_open};

use super::pidfd_info;
use super::process::PinnedProcess;
use crate::platform::types::Liveness;

/// Retries: a process whose parent exits gets another parent, so the chain can change
/// while it is walked.
const ATTEMPTS: usize = 16;

/// Returns whether this process descends from `process`.
///
/// The walk goes from parent to parent, up to the first process of the PID namespace.
///
/// # Errors
///
/// [`io::ErrorKind::PermissionDenied`] if the parent of an ancestor is unknown: before
/// Linux 6.13 it is read from `/proc`, which can hide processes of other users.
pub(crate) fn is_ancestor(process: &PinnedProcess) -> io::Result<bool> {
    is_above(process.pid(), || Ok(None))
}

impl PinnedProcess {
    /// Returns whether this process descends from `ancestor`, as [`is_ancestor`] does for
    /// the calling process.
    #[cfg(feature = "client")]
    pub(crate) fn descends_from(&self, ancestor: &Self) -> io::Result<bool> {
        is_above(ancestor.pid(), || {
            let (pid, pidfd) = (self.pid(), self.as_fd().try_clone_to_owned()?);
            Ok(Some(Step { pid, pidfd }))
        })
    }
}

/// Returns whether `sought` is above a process, or above this one if there is none.
fn is_above(sought: u32, below: impl Fn() -> io::Result<Option<Step>>) -> io::Result<bool> {
    for _ in 0..ATTEMPTS {
        if let Some(is_above) = look_up(sought, below()?)? {
            return Ok(is_above);
        }
    }
    Err(io::Error::other("the processes above it keep changing"))
}

/// Returns whether the ancestors of a process, or of this one, include `sought`; `None` if
/// they changed during the walk.
fn look_up(sought: u32, mut below: Option<Step>) -> io::Result<Option<bool>> {
    loop {
        let Some(parent) = parent(below.as_ref()) else {
            return match below {
                Some(step) if step.exists() => Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    format!("the parent of PID {} is hidden", step.pid),
                )),
                _ => Ok(None),
            };
        };
        match parent {
            // The kernel reports 0 for a parent outside this PID namespace.
            0 => return Ok(Some(false)),
            _ if parent == sought => return Ok(Some(true)),
            1 => return Ok(Some(false)),
            _ => {}
        }
        let Some(step) = Step::open(parent)? else {
            return Ok(None);
        };
        // Otherwise the PID may have been reused before the pidfd was opened.
        if self::parent(below.as_ref()) != Some(parent) {
            return Ok(None);
        }
        below = Some(step);
    }
}

/// Returns the parent of a process, or of this one; `None` if it is unknown.
fn parent(of: Option<&Step>) -> Option<u32> {
    match of {
        None => getppid().map_or(Some(0), |pid| pid.as_raw_nonzero().get().try_into().ok()),
        Some(step) => step.parent(),
    }
}

/// An ancestor of this process. `/proc` may hide it.
struct Step {
    pid: u32,
    pidfd: OwnedFd,
}

impl Step {
    /// Returns `None` if the process has ended.
    fn open(pid: u32) -> io::Result<Option<Self>> {
        let number = i32::try_from(pid).ok().and_then(Pid::from_raw);
        match pidfd_open(number.ok_or(Errno::SRCH)?, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Some(Self { pid, pidfd })),
            Err(Errno::SRCH) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn parent(&self) -> Option<u32> {
        let from_proc = || {
            let parent = PinnedProcess::open(self.pid).ok()?.status().ok()?.parent;
            // If the process was reaped, the PID may have been reused.
            self.exists().then_some(parent)
        };
        pidfd_info::parent(self.pidfd.as_fd()).or_else(from_proc)
    }

    fn exists(&self) -> bool {
        pidfd_info::liveness(self.pidfd.as_fd()).is_ok_and(|liveness| liveness != Liveness::Reaped)
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn the_parent_is_an_ancestor_and_a_child_is_not() {
        let parent = getppid()
            .unwrap()
            .as_raw_nonzero()
            .get()
            .try_into()
            .unwrap();
        let parent = PinnedProcess::open(parent).unwrap();
        assert!(is_ancestor(&parent).unwrap());

        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let pinned = PinnedProcess::open(child.id()).unwrap();
        assert!(!is_ancestor(&pinned).unwrap());
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
