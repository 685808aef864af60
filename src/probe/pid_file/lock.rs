//! The lock on a PID file.

use std::fs::File;

use crate::platform::{self, LockHolder, PinnedProcess};
use crate::probe::evidence::NamedProcess;
use crate::probe::pid_file_evidence::{LockEvidence, Place};
use crate::probe::probe_report::RecordFile;

/// A PID file that is opened once more, after it was read.
pub(super) struct OpenedFile {
    pub(super) place: Place,
    /// `None` if it is not the file that was read any more, or if it may not be opened here.
    file: Option<File>,
}

impl OpenedFile {
    pub(super) fn new(read: Option<&RecordFile>) -> Self {
        let without_file = |place| Self { place, file: None };
        let Some(read) = read else {
            return without_file(Place::Nowhere);
        };
        let Ok(held) = platform::readable(&read.path) else {
            return without_file(Place::Unknown);
        };
        if let Some(mount) = held.mount {
            // The root of a container, say, which no other machine can change.
            let is_overlay = mount.kind.as_deref() == Some("overlay");
            return without_file(if is_overlay {
                Place::Disk
            } else {
                Place::Shared(mount)
            });
        }
        let id = platform::known_attributes(&held.file).map(|attributes| attributes.stat.id);
        if !id.is_ok_and(|id| id == read.stat.id) {
            return without_file(Place::Unknown);
        }
        Self {
            place: if platform::is_in_memory(&held.file) {
                Place::Memory
            } else {
                Place::Disk
            },
            file: platform::reopened(&held.file).ok(),
        }
    }

    /// Determines who holds a lock on the file that was `read`. A daemon that removes its
    /// file when it is asked to exit holds the lock all the same.
    pub(super) fn lock(
        &self,
        read: Option<&RecordFile>,
        process: Option<&PinnedProcess>,
    ) -> LockEvidence {
        let Some(read) = read else {
            return LockEvidence::NotExamined;
        };
        let holds = process.map(|process| process.holds_lock(read.stat.id));
        if matches!(holds, Some(Ok(true))) {
            return LockEvidence::Held;
        }
        let Some(file) = &self.file else {
            return LockEvidence::NotExamined;
        };
        let holders = match holds {
            // Another process tells nothing against this one, except one that cannot be seen.
            Some(Ok(_)) => platform::record_lock_holder(file).map(Vec::from_iter),
            _ => platform::lock_holders(file),
        };
        let number = process.map(PinnedProcess::pid);
        match holders {
            Err(_) => LockEvidence::NotExamined,
            // Its descriptors may not be looked at, but only who may write to the file can
            // hold such a lock.
            Ok(holders) if number.is_some_and(|pid| holders.contains(&LockHolder::Writer(pid))) => {
                LockEvidence::Held
            }
            Ok(holders) => other_holder(&holders, number),
        }
    }
}

/// Describes the holder of a lock that is not the process with this number.
fn other_holder(holders: &[LockHolder], number: Option<u32>) -> LockEvidence {
    let is_other = |&pid: &u32| Some(pid) != number && PinnedProcess::open(pid).is_ok();
    let other = holders.iter().find_map(|holder| match *holder {
        LockHolder::Writer(pid) | LockHolder::Process(pid) => Some(pid).filter(is_other),
        LockHolder::Unnamed | LockHolder::Elsewhere => None,
    });
    if holders.contains(&LockHolder::Elsewhere) {
        LockEvidence::Elsewhere
    } else if let Some(pid) = other {
        let facts = platform::describe(pid);
        LockEvidence::Other(NamedProcess { pid, facts })
    } else if holders.contains(&LockHolder::Unnamed) {
        LockEvidence::Unnamed
    } else {
        LockEvidence::Unlocked
    }
}
