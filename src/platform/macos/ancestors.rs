//! Whether a process is an ancestor of another one. An ancestor of this process is never
//! signalled.

use std::io;

use super::process::PinnedProcess;
use super::questions::info;

/// Retries: a process whose parent exits gets another parent, so the chain can change
/// while it is walked.
const ATTEMPTS: usize = 16;

/// The generations that are looked at.
const MAX_DEPTH: usize = 10_000;

/// Returns whether this process descends from `process`.
pub(crate) fn is_ancestor(process: &PinnedProcess) -> io::Result<bool> {
    is_above(process.pid(), std::process::id())
}

impl PinnedProcess {
    /// Returns whether this process descends from `ancestor`.
    #[cfg(feature = "client")]
    pub(crate) fn descends_from(&self, ancestor: &Self) -> io::Result<bool> {
        self.looked(is_above(ancestor.pid(), self.pid()))
    }
}

fn is_above(sought: u32, below: u32) -> io::Result<bool> {
    for _ in 0..ATTEMPTS {
        if let Some(is_above) = look_up(sought, below)? {
            return Ok(is_above);
        }
    }
    Err(io::Error::other("the processes above it keep changing"))
}

/// Returns `None` if a process between them has ended.
fn look_up(sought: u32, mut below: u32) -> io::Result<Option<bool>> {
    for _ in 0..MAX_DEPTH {
        let Some(process) = info(below)? else {
            return Ok(None);
        };
        match process.parent {
            parent if parent == sought => return Ok(Some(true)),
            0 | 1 => return Ok(Some(false)),
            parent => below = parent,
        }
    }
    Ok(None)
}
