//! The evidence on the number in a PID file: plain values, the input of its checks.

use super::evidence::{NamedProcess, NoProcess, StatusEvidence, UserEvidence};
use super::program_evidence::ProgramEvidence;
use super::timed::Timed;
use crate::platform::{Mount, Namesakes, ProcessFacts};
use crate::record::{FileTimes, Finding, Written};
use crate::standstill::Standstill;

/// All evidence on the number in a PID file; its checks are functions of it.
#[derive(Debug)]
pub(crate) struct PidFileEvidence {
    pub(crate) findings: Vec<Finding>,
    /// A remark on the source of the record.
    pub(crate) note: Option<String>,
    /// The path of the endpoint that the caller requires.
    pub(crate) asked: Option<String>,
    pub(crate) pid: u32,
    pub(crate) times: FileTimes,
    pub(crate) place: Place,
    pub(crate) lock: Timed<LockEvidence>,
    /// Whether a process that has the number is alive, and otherwise why not.
    pub(crate) process: Timed<Result<(), NoProcess>>,
    /// The start of the process or thread that has the number.
    pub(crate) status: Timed<StatusEvidence>,
    /// The description of that process, or of the process of that thread.
    pub(crate) facts: Option<ProcessFacts>,
    pub(crate) standstill: Option<Standstill>,
    pub(crate) user: Timed<UserEvidence>,
    /// Whether the caller requires the user.
    pub(crate) is_user_required: bool,
    pub(crate) program: Timed<ProgramEvidence>,
    /// The sockets on which the process listens, if nothing else tells what it is.
    pub(crate) listeners: Timed<Vec<String>>,
    /// The processes of other PID namespaces that have the number; `None` if the process
    /// here proves to be the one.
    pub(crate) namesakes: Timed<Option<Namesakes>>,
}

impl PidFileEvidence {
    /// Returns whether the file proves to be from this machine, and its number to be of no
    /// process in another PID namespace.
    pub(crate) fn is_from_here(&self) -> bool {
        let is_local = matches!(self.place, Place::Memory | Place::Disk);
        let is_of_earlier_boot = matches!(
            self.times.written(),
            Written::Restored | Written::EarlierBoot
        );
        is_local && (is_of_earlier_boot || self.namesakes.value == Some(Namesakes::None))
    }
}

/// The file system of a PID file.
#[derive(Debug)]
pub(crate) enum Place {
    /// The number was not read from a file.
    Nowhere,
    /// A file system that no reboot leaves.
    Memory,
    Disk,
    /// One that other machines may share, or that is served by a process.
    Shared(Mount),
    Unknown,
}

/// The lock on a PID file.
#[derive(Debug)]
pub(crate) enum LockEvidence {
    NotExamined,
    Unlocked,
    /// The process with the number holds it.
    Held,
    /// Another process holds it. If the process with the number is alive, the other one is not
    /// of its family, and can write to the file.
    Other(NamedProcess),
    /// As [`Self::Other`], but the other process is not known.
    Unnamed,
    /// A process above or below the one with the number holds it.
    Family(NamedProcess),
    /// A process that cannot be seen from here holds it.
    Elsewhere,
}
