//! Whether a process is above this one: such a process is never signalled.

use std::collections::HashSet;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, getppid, pidfd_open};

use super::pidfd_info;
use super::process::{PinnedProcess, liveness};
use crate::platform::types::{Liveness, PinError};

/// How often to look anew: whoever loses a parent gets another one.
const ATTEMPTS: usize = 16;

/// Whether this process descends from `process`.
///
/// # Errors
///
/// When it cannot be told: a process on the way up cannot be looked at, and
/// `process` may lead down to it.
pub(crate) fn is_ancestor(process: &PinnedProcess) -> io::Result<bool> {
    for _ in 0..ATTEMPTS {
        let found = match look_up(process.pid())? {
            Way::Leads => Some(true),
            Way::Passes => Some(false),
            Way::Ends { at } => look_down(process, at)?,
            Way::Changes => None,
        };
        if let Some(is_ancestor) = found {
            return Ok(is_ancestor);
        }
    }
    Err(io::Error::other(
        "the processes above this one keep changing",
    ))
}

/// The way up from this process, from parent to parent.
enum Way {
    /// It comes to the process that is looked for.
    Leads,
    /// It comes to the first process of this PID namespace without that.
    Passes,
    /// It cannot be followed beyond this process.
    Ends { at: u32 },
    /// A process on it ended meanwhile.
    Changes,
}

fn look_up(sought: u32) -> io::Result<Way> {
    let mut below: Option<Step> = None;
    loop {
        let Some(parent) = parent(below.as_ref()) else {
            return Ok(match below {
                Some(step) if step.is_there() => Way::Ends { at: step.pid },
                _ => Way::Changes,
            });
        };
        match parent {
            // Whoever has a parent outside this PID namespace is told 0.
            0 => return Ok(Way::Passes),
            _ if parent == sought => return Ok(Way::Leads),
            1 => return Ok(Way::Passes),
            _ => {}
        }
        let Some(step) = Step::to(parent)? else {
            return Ok(Way::Changes);
        };
        // Else the number may have become another process's before it was held.
        if self::parent(below.as_ref()) != Some(parent) {
            return Ok(Way::Changes);
        }
        below = Some(step);
    }
}

/// The parent of a process, or of this one; `None` where it cannot be told.
fn parent(of: Option<&Step>) -> Option<u32> {
    match of {
        None => getppid().map_or(Some(0), |pid| pid.as_raw_nonzero().get().try_into().ok()),
        Some(step) => step.parent(),
    }
}

/// A process on the way up. It need not be one that `/proc` shows.
struct Step {
    pid: u32,
    pidfd: OwnedFd,
}

impl Step {
    /// `None` when the process has ended.
    fn to(pid: u32) -> io::Result<Option<Self>> {
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
            self.is_there().then_some(parent)
        };
        pidfd_info::parent(self.pidfd.as_fd()).or_else(from_proc)
    }

    fn is_there(&self) -> bool {
        liveness(self.pidfd.as_fd()).is_ok_and(|liveness| liveness != Liveness::Reaped)
    }
}

/// Whether `sought` descends from `process`, seen from above; `None` when a
/// process in between ended meanwhile.
fn look_down(process: &PinnedProcess, sought: u32) -> io::Result<Option<bool>> {
    let mut seen = HashSet::new();
    let mut left = process.children()?;
    while let Some(pid) = left.pop() {
        if pid == sought {
            return Ok(Some(true));
        }
        if !seen.insert(pid) {
            continue;
        }
        let child = match PinnedProcess::open(pid) {
            Ok(child) => child,
            Err(PinError::NoSuchProcess) => return Ok(None),
            Err(error) => return Err(io::Error::other(error)),
        };
        match child.children() {
            Ok(children) => left.extend(children),
            Err(_) if matches!(child.liveness(), Ok(Liveness::Reaped)) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(Some(false))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn who_is_above_is_told_from_below_and_from_above() {
        let own = std::process::id();
        let parent = getppid()
            .unwrap()
            .as_raw_nonzero()
            .get()
            .try_into()
            .unwrap();
        let parent = PinnedProcess::open(parent).unwrap();
        assert!(is_ancestor(&parent).unwrap());
        // Other tests start processes that end while one looks.
        let down = std::iter::repeat_with(|| look_down(&parent, own));
        assert!(down.map(Result::unwrap).find_map(|found| found).unwrap());

        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let pinned = PinnedProcess::open(child.id()).unwrap();
        assert!(!is_ancestor(&pinned).unwrap());
        assert_eq!(look_down(&pinned, own).unwrap(), Some(false));
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
