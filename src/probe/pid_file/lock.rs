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
            (Ok(holders), None) => of_any(&holders),
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

/// Describes the holder of a lock on a file whose number no process has.
fn of_any(holders: &[LockHolder]) -> LockEvidence {
    let mut processes = holders.iter().filter_map(|holder| match *holder {
        LockHolder::Writer(pid) | LockHolder::Process(pid) => PinnedProcess::open(pid).ok(),
        _ => None,
    });
    match processes.next() {
        Some(process) => LockEvidence::Other(named(&process)),
        None if holders.iter().any(is_unnamed) => LockEvidence::Unnamed,
        None => LockEvidence::Unlocked,
    }
}

fn is_unnamed(holder: &LockHolder) -> bool {
    matches!(
        holder,
        LockHolder::UnnamedWriter | LockHolder::UnnamedReader
    )
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
        let is_unnamed = holders.contains(&LockHolder::UnnamedWriter) && self.is_examined;
        let searched = if is_unnamed {
            platform::lock_writers(self.file)
        } else {
            Vec::new()
        };
        let is_named = !searched.is_empty();
        let named_ones = holders.iter().filter_map(|holder| self.writer(*holder));
        let mut family = None;
        for writer in named_ones.chain(searched) {
            if !self.is_family(&writer) {
                return LockEvidence::Other(named(&writer));
            }
            family = Some(named(&writer));
        }
        match family {
            _ if is_unnamed && !is_named => LockEvidence::Unnamed,
            Some(process) => LockEvidence::Family(process),
            None => LockEvidence::Unlocked,
        }
    }

    /// Returns another process that holds a lock, if it can write to the file. One that has
    /// locked it by flock(2) may have left the lock to its children, and ended since.
    fn writer(&self, holder: LockHolder) -> Option<PinnedProcess> {
        let (LockHolder::Writer(pid) | LockHolder::Process(pid)) = holder else {
            return None;
        };
        let process = PinnedProcess::open(pid).ok()?;
        let is_writer = matches!(holder, LockHolder::Writer(_))
            || process.holds_lock(self.file).is_ok_and(|holds| holds);
        (pid != self.process.pid() && is_writer).then_some(process)
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
