//! The lock on a PID file.

use std::fs::File;

use crate::platform::{self, FileId, LockHolder, PinnedProcess};
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
    /// file when it is asked to exit holds the lock all the same. The locks by flock(2) of other
    /// processes than a living one count if `all` locks do.
    pub(super) fn lock(
        &self,
        read: Option<&RecordFile>,
        process: Option<&PinnedProcess>,
        all: bool,
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
            Some(Ok(_)) if !all => platform::record_lock_holder(file).map(Vec::from_iter),
            _ => platform::lock_holders(file),
        };
        match (holders, process) {
            (Err(_), _) => LockEvidence::NotExamined,
            (Ok(holders), _) if holders.contains(&LockHolder::Elsewhere) => LockEvidence::Elsewhere,
            (Ok(holders), None) => of_any(&holders, read.stat.id),
            // Its descriptors may not be looked at, but only who may write to the file can
            // hold such a lock.
            (Ok(holders), Some(process))
                if holders.contains(&LockHolder::Writer(process.pid())) =>
            {
                LockEvidence::Held
            }
            (Ok(holders), Some(process)) => Beside {
                process,
                file: read.stat.id,
                is_examined: matches!(holds, Some(Ok(_))),
            }
            .of_another(&holders),
        }
    }
}

/// Describes the holder of a lock on a file whose number no process has. Any user who may read
/// the file can lock it, too, and that says nothing.
fn of_any(holders: &[LockHolder], file: FileId) -> LockEvidence {
    match writers(holders, file).first() {
        Some(process) => LockEvidence::Other(named(process)),
        None if holders.contains(&LockHolder::UnnamedWriter) => LockEvidence::Unnamed,
        None => LockEvidence::Unlocked,
    }
}

/// Returns the processes that hold a lock on a file, and can write to it. A lock by flock(2) is
/// named after the process that has taken it, which may have left it to its children, and ended
/// since: then those are looked for.
fn writers(holders: &[LockHolder], file: FileId) -> Vec<PinnedProcess> {
    let mut found = Vec::new();
    let mut is_left = holders.contains(&LockHolder::UnnamedWriter);
    for holder in holders {
        let (LockHolder::Writer(pid) | LockHolder::Process(pid)) = *holder else {
            continue;
        };
        let process = PinnedProcess::open(pid).ok();
        let holds = process.as_ref().map(|process| process.holds_lock(file));
        match (holder, holds) {
            // One that may not be looked at may well be the daemon.
            (LockHolder::Writer(_), _) | (_, Some(Ok(true) | Err(_))) => found.extend(process),
            _ => is_left = true,
        }
    }
    if is_left {
        found.extend(platform::lock_writers(file));
    }
    found
}

/// The process that has the number in a file, and holds no lock on it.
struct Beside<'a> {
    process: &'a PinnedProcess,
    file: FileId,
    /// Whether it is known to hold none: its descriptors were looked at.
    is_examined: bool,
}

impl Beside<'_> {
    /// Describes the holder of a lock that can write to the file. Any user who may read it can
    /// lock it, too, and that says nothing.
    fn of_another(&self, holders: &[LockHolder]) -> LockEvidence {
        let mut family = None;
        for writer in writers(holders, self.file) {
            if writer.pid() == self.process.pid() {
                continue;
            }
            if !self.is_family(&writer) {
                return LockEvidence::Other(named(&writer));
            }
            family = Some(named(&writer));
        }
        let is_unnamed = holders.contains(&LockHolder::UnnamedWriter) && self.is_examined;
        match family {
            Some(process) => LockEvidence::Family(process),
            None if is_unnamed => LockEvidence::Unnamed,
            None => LockEvidence::Unlocked,
        }
    }

    fn is_family(&self, other: &PinnedProcess) -> bool {
        let is_above = |above: &PinnedProcess, below: &PinnedProcess| {
            below.descends_from(above).is_ok_and(|descends| descends)
        };
        is_above(other, self.process) || is_above(self.process, other)
    }
}

fn named(process: &PinnedProcess) -> NamedProcess {
    let pid = process.pid();
    let facts = platform::describe(pid);
    NamedProcess { pid, facts }
}
