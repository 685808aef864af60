//! The evidence on a record: plain values, the input of every check.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::host_evidence::HostEvidence;
use super::timed::Timed;
use crate::endpoint::{ConnectError, ExchangeError, Stream};
use crate::identity::{DaemonProcess, Digest, DigestAgreement, DigestAlgorithm};
use crate::platform::{ImageError, PinError, PinnedProcess, ProcessFacts, ProcessStatus, UserId};
use crate::protocol::{AnswerError, Difference};
use crate::record::Finding;
use crate::standstill::Standstill;

/// All evidence; the checks are functions of it.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) expected: DaemonProcess,
    pub(crate) findings: Vec<Finding>,
    /// A remark on the source of the identity.
    pub(crate) note: Option<String>,
    pub(crate) host: Timed<HostEvidence>,
    pub(crate) endpoint: Timed<EndpointEvidence>,
    /// `None` if there was nothing to look at.
    pub(crate) peer: Timed<Option<PeerEvidence>>,
    /// Without a connection: whether the recorded process listens at the recorded path.
    pub(crate) listens: Option<bool>,
    pub(crate) answer: Timed<AnswerEvidence>,
    /// Whether the recorded process is alive, and otherwise why not.
    pub(crate) process: Timed<Result<(), NoProcess>>,
    /// Why the process does nothing, if it is asked and gives no answer.
    pub(crate) standstill: Option<Standstill>,
    pub(crate) user: Timed<UserEvidence>,
    pub(crate) status: Timed<StatusEvidence>,
    pub(crate) image: Timed<ImageEvidence>,
    pub(crate) digest: Timed<DigestEvidence>,
    /// The process that has the recorded PID now, if it runs another program.
    pub(crate) occupant: Option<ProcessFacts>,
}

#[derive(Debug)]
pub(crate) enum EndpointEvidence {
    /// The caller requires another endpoint; nothing was contacted.
    Differs { asked: String },
    Failed {
        error: ConnectError,
        note: Option<&'static str>,
    },
    /// `note` says where the file is, if the path names another one for this process.
    Connected { note: Option<&'static str> },
}

/// The process that serves the socket, and the one that created the listener.
#[derive(Debug)]
pub(crate) struct PeerEvidence {
    pub(crate) creator: CreatorEvidence,
    pub(crate) server: ServerEvidence,
}

impl PeerEvidence {
    /// Returns whether the process with this PID serves the socket, or created it, in place of
    /// the recorded one.
    pub(crate) fn is_stranger(&self, pid: u32) -> bool {
        let ServerEvidence::Stranger(stranger) = &self.server else {
            return false;
        };
        let creator = match &self.creator {
            CreatorEvidence::Other(creator) => Some(creator),
            _ => None,
        };
        let mut processes = stranger.process.iter().chain(creator);
        processes.any(|process| process.pid == pid)
    }
}

/// The process that created the listener.
#[derive(Debug)]
pub(crate) enum CreatorEvidence {
    Recorded,
    /// Another process, which is alive or cannot be examined.
    Other(NamedProcess),
    /// A process that has ended; its PID may be that of another process now.
    Gone {
        pid: u32,
    },
    /// A process outside our PID namespace.
    Outside,
}

impl CreatorEvidence {
    /// Returns whether the creator had this PID and has ended.
    pub(crate) fn is_gone(&self, recorded: u32) -> bool {
        matches!(self, Self::Gone { pid } if *pid == recorded)
    }
}

/// The process that serves the socket, in relation to the recorded one.
#[derive(Debug)]
pub(crate) enum ServerEvidence {
    /// A process outside our PID namespace, and the record may be from there.
    OutsideNamespace,
    /// A process in an inner PID namespace that has the recorded ID there.
    InnerNamespace {
        pid: u32,
        /// Whether it proves to run another image than the recorded one, so that it is not
        /// the daemon.
        is_other_image: bool,
    },
    /// The recorded process.
    Recorded,
    /// A descendant of the recorded process, which holds the listener.
    Worker(NamedProcess),
    /// A descendant of the recorded process, which does not hold the listener.
    Heir {
        process: NamedProcess,
        is_same_user: bool,
    },
    /// Another process accepted from the listener of the recorded process; `None` if it
    /// was not found.
    Guest(Option<NamedProcess>),
    Stranger(StrangerEvidence),
    /// Not known, for this reason.
    Unknown(String),
}

/// A process that serves the socket and is not of the family of the recorded one.
#[derive(Debug)]
pub(crate) struct StrangerEvidence {
    /// `None` if it was not found.
    pub(crate) process: Option<NamedProcess>,
    /// Whether the recorded process is alive.
    pub(crate) has_rival: bool,
    /// Whether it runs as the user of the recorded daemon; `None` if one of them is not
    /// known.
    pub(crate) is_same_user: Option<bool>,
    /// Whether it runs the recorded image.
    pub(crate) is_same_image: bool,
}

/// A process with its description for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedProcess {
    pub(crate) pid: u32,
    pub(crate) facts: Option<ProcessFacts>,
}

#[derive(Debug)]
pub(crate) enum AnswerEvidence {
    NotAsked,
    NoRandomness(String),
    Failed(ExchangeError),
    Rejected(AnswerError),
    Identity {
        answered: Box<DaemonProcess>,
        differences: Vec<Difference>,
        digests: DigestAgreement,
    },
}

/// The reason why there is no process to examine.
#[derive(Debug)]
pub(crate) enum NoProcess {
    /// The record is from another boot, host or namespace.
    NotExamined,
    Failed(PinError),
    Zombie {
        parent: Option<u32>,
    },
    /// Alive when it was pinned, and gone at the end.
    ExitedDuringProbe,
}

/// The user of the recorded process, and the owner of the record.
#[derive(Debug)]
pub(crate) enum UserEvidence {
    /// There is no process.
    NotExamined,
    /// The record has no owner.
    NoOwner,
    Failed(io::Error),
    Read {
        owner: NamedUser,
        /// The real, effective, saved and file system user of the process.
        process: [NamedUser; 4],
        /// Whether different users may have the same ID here.
        is_ambiguous: bool,
    },
    /// The record says as which users the process ran, in this order: real, effective, saved
    /// and file system user.
    Recorded {
        recorded: [NamedUser; 4],
        process: [NamedUser; 4],
        is_ambiguous: bool,
    },
}

/// A user with its name, if it has one on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedUser {
    pub(crate) id: UserId,
    pub(crate) name: Option<String>,
}

#[derive(Debug)]
pub(crate) enum StatusEvidence {
    NotExamined,
    Failed(io::Error),
    Read(ProcessStatus),
}

#[derive(Debug)]
pub(crate) enum ImageEvidence {
    NotExamined,
    Failed(ImageError),
    Found(FoundImage),
}

/// The running image and the file that the recorded path names now.
#[derive(Debug)]
pub(crate) struct FoundImage {
    pub(crate) link: Option<PathBuf>,
    /// Whether the image has its recorded path, or else the kernel's name for it.
    pub(crate) link_is_current: bool,
    /// Whether the image has no name in any directory.
    pub(crate) is_unlinked: bool,
    /// The recorded path with symbolic links followed, if it names anything but the
    /// image.
    pub(crate) resolved: Option<PathBuf>,
    pub(crate) recorded: RecordedFile,
    /// Whether the image is an emulator that the kernel started for the recorded file.
    pub(crate) is_emulator: bool,
}

/// The file that the recorded path names now.
#[derive(Debug)]
pub(crate) enum RecordedFile {
    /// The running image.
    Same,
    /// The running image, in the mount namespace of the process.
    SameInside,
    /// No file.
    Missing,
    /// Another file, with the content of the image.
    Copy,
    /// Another file with other content.
    Other,
    /// A file that cannot be examined.
    Unreadable(io::Error),
}

#[derive(Debug)]
pub(crate) enum DigestEvidence {
    NotExamined,
    NotSupplied,
    Denied,
    Failed(io::Error),
    /// Hashing takes longer than this.
    TimedOut(Duration),
    Computed {
        algorithm: DigestAlgorithm,
        expected: Digest,
        actual: Digest,
        /// The age of a cached digest; `None` if it was computed in this run.
        cached_for: Option<Duration>,
    },
}

/// The resources that a probe still holds when it is done.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) process: Option<PinnedProcess>,
    /// The connection to the daemon.
    pub(crate) stream: Option<Stream>,
}

impl Held {
    /// Holds a process without a connection.
    pub(crate) fn without_stream(process: Option<PinnedProcess>) -> Self {
        Self {
            process,
            stream: None,
        }
    }
}
