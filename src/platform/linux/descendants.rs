//! The descendants of a pinned process.

use std::io;
use std::os::fd::AsFd;

use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::proc;
use super::process::PinnedProcess;
use crate::platform::types::{Liveness, PinError};

impl PinnedProcess {
    /// Pins the descendants of this process that `/proc` shows, parents before children.
    ///
    /// The parent of a process is read through its pin, and counts only if the pinned
    /// process of that number is alive afterwards: so long, its number is its own.
    /// `/proc` is read again until it shows no further descendant. A process whose parent
    /// has exited has another parent, and is not found.
    pub(crate) fn descendants(&self) -> io::Result<Vec<Self>> {
        let mut family = vec![self.try_clone()?];
        loop {
            let before = family.len();
            for pid in processes()? {
                if family.iter().any(|known| known.pid() == pid) {
                    continue;
                }
                if let Some(child) = child_of(&family, pid)? {
                    family.push(child);
                }
            }
            if family.len() == before {
                family.remove(0);
                return Ok(family);
            }
        }
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
}

/// Pins the process of a number if its parent is one of `family`.
fn child_of(family: &[PinnedProcess], pid: u32) -> io::Result<Option<PinnedProcess>> {
    let find = |parent| family.iter().find(|known| known.pid() == parent);
    // To pin each process of the system would take too long.
    let is_candidate = std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .ok()
        .and_then(|stat| proc::status(&stat).ok())
        .is_some_and(|status| find(status.parent).is_some());
    if !is_candidate {
        return Ok(None);
    }
    let process = match PinnedProcess::open(pid) {
        Ok(process) => process,
        Err(PinError::Io(error)) => return Err(error),
        // It has exited since, or is hidden.
        Err(_) => return Ok(None),
    };
    let Ok(status) = process.status() else {
        return Ok(None);
    };
    let Some(parent) = find(status.parent) else {
        return Ok(None);
    };
    let is_proven = [parent, &process]
        .into_iter()
        .all(|process| matches!(process.liveness(), Ok(Liveness::Alive)));
    Ok(is_proven.then_some(process))
}

/// Returns the PIDs in `/proc`.
fn processes() -> io::Result<Vec<u32>> {
    let mut pids = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        pids.extend(name.to_str().and_then(|name| name.parse::<u32>().ok()));
    }
    Ok(pids)
}
