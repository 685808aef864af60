//! The evidence on a process that is not asked: plain values, the input of its checks.

use std::io;
use std::path::PathBuf;

use super::evidence::{DigestEvidence, ImageEvidence, NamedProcess, NoProcess, UserEvidence};
use super::host_evidence::{HostEvidence, RecordedBoot};
use super::timed::Timed;
use crate::platform::ProcessFacts;
use crate::process::{Seen, VerifyError};
use crate::record::Finding;
use crate::standstill::Standstill;

/// All evidence on a process that is not asked; its checks are functions of it.
#[derive(Debug)]
pub(crate) struct ObservedEvidence {
    pub(crate) findings: Vec<Finding>,
    /// A remark on the source of the record.
    pub(crate) note: Option<String>,
    pub(crate) host: Timed<HostEvidence>,
    pub(crate) boot: ObservedBoot,
    pub(crate) pid: u32,
    /// Whether the process is alive, and otherwise why not.
    pub(crate) process: Timed<Result<(), NoProcess>>,
    /// Why the process does nothing.
    pub(crate) standstill: Option<Standstill>,
    /// The process that has the recorded PID now, if it is another one.
    pub(crate) occupant: Option<ProcessFacts>,
    pub(crate) instance: Timed<InstanceEvidence>,
    pub(crate) user: Timed<UserEvidence>,
    pub(crate) image: Timed<ObservedImage>,
    pub(crate) digest: Timed<DigestEvidence>,
    /// The recorded paths and addresses.
    pub(crate) listener_names: Vec<String>,
    pub(crate) listeners: Timed<ListenersEvidence>,
}

/// The recorded listeners.
#[derive(Debug)]
pub(crate) enum ListenersEvidence {
    /// The record is of another host or boot.
    NotExamined,
    /// The caller requires a listener that is not recorded.
    Differs { asked: String },
    /// Empty if the record names none.
    Examined(Vec<ListenerEvidence>),
}

/// A recorded listener, as the kernel shows it.
#[derive(Debug)]
pub(crate) struct ListenerEvidence {
    /// The recorded path or address.
    pub(crate) name: String,
    pub(crate) holder: HolderEvidence,
    /// Whether another socket than the recorded one listens at the address.
    pub(crate) is_rebound: bool,
    pub(crate) file: SocketFileEvidence,
}

/// The process that holds the socket that listens at a recorded address.
#[derive(Debug)]
pub(crate) enum HolderEvidence {
    Recorded,
    Descendant(NamedProcess),
    /// Neither the recorded process nor a descendant of it.
    Stranger {
        /// `None` if it was not found.
        process: Option<NamedProcess>,
        /// Whether it runs the recorded program as the recorded users.
        is_restarted: bool,
    },
    /// No socket listens there.
    Nobody,
    /// Not known, for this reason.
    Unknown(io::Error),
}

/// The file of a socket that has a path.
#[derive(Debug)]
pub(crate) enum SocketFileEvidence {
    /// The path leads to the socket, as far as this can be told.
    Reachable,
    /// The path names no file, or another one at which no process listens.
    Unlinked,
    /// The path leads to a socket of a process that is none of the family; `None` if that was
    /// not found.
    Taken(Option<NamedProcess>),
    /// The file system does not answer.
    Hangs(io::Error),
}

/// The boot in which the process was recorded.
#[derive(Debug)]
pub(crate) struct ObservedBoot {
    pub(crate) boot_id: String,
    /// When the record was made, in milliseconds since the Unix epoch.
    pub(crate) made_at: u64,
    /// The boot, compared with this one.
    pub(crate) relation: RecordedBoot,
}

/// Whether the process with the recorded PID is the recorded instance.
#[derive(Debug)]
pub(crate) struct InstanceEvidence {
    /// The recorded start and that of the process, for a reader.
    pub(crate) recorded: Option<String>,
    pub(crate) found: Option<String>,
    /// `None` if there is no process to compare.
    pub(crate) seen: Option<Seen>,
    /// The conclusion from host, boot, PID and start.
    pub(crate) conclusion: Result<(), VerifyError>,
}

/// The image that the process runs, compared with the recorded one.
#[derive(Debug)]
pub(crate) enum ObservedImage {
    /// There is no such process.
    NotExamined,
    /// The record does not say what the process ran.
    Unrecorded,
    /// The recorded file, with the same attributes. `is_proven` is whether they prove that
    /// its content is the recorded one, too.
    Untouched {
        path: Option<PathBuf>,
        is_proven: bool,
    },
    Examined {
        recorded: Option<PathBuf>,
        image: ImageEvidence,
        /// Whether the file has the recorded content, as far as its attributes tell; `None`
        /// if the record has none.
        has_content: Option<bool>,
    },
}
