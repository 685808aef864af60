//! The evidence on a record: plain values, the input of every check.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::host_evidence::HostEvidence;
use super::timed::Timed;
use crate::endpoint::{ConnectError, ExchangeError, Stream};
use crate::identity::{DaemonProcess, Digest, DigestAgreement, DigestAlgorithm};
use crate::platform::{
    ImageError, PeerCredentials, PinError, PinnedProcess, ProcessFacts, ProcessStatus, Standstill,
    UserId,
};
use crate::protocol::{AnswerError, Difference};
use crate::record::Finding;

/// All evidence; the checks are functions of it.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) expected: DaemonProcess,
    pub(crate) findings: Vec<Finding>,
    /// A remark on the source of the identity.
    pub(crate) note: Option<String>,
    pub(crate) host: Timed<HostEvidence>,
    pub(crate) endpoint: Timed<EndpointEvidence>,
    /// `None` without a connection.
    pub(crate) peer: Timed<Option<PeerEvidence>>,
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
    Differs {
        asked: String,
    },
    Failed(ConnectError),
    Connected,
}

/// The process that serves the socket.
#[derive(Debug)]
pub(crate) enum PeerEvidence {
    /// The listener was created outside our PID namespace.
    OutsideNamespace,
    /// The listener was created in an inner PID namespace, by a process that has the
    /// recorded ID there.
    InnerNamespace { pid: u32 },
    /// The recorded process created the listener.
    Recorded,
    /// Another process created it.
    Other {
        creator: PeerCredentials,
        holding: Holding,
        facts: Option<ProcessFacts>,
    },
}

/// Whether the recorded process holds the socket at the other end of the connection.
#[derive(Debug)]
pub(crate) enum Holding {
    Held,
    NotHeld,
    /// The user of the creator is neither root nor the one of the recorded process.
    OtherUser {
        owner: u32,
    },
    /// There is no recorded process that could hold it.
    NoProcess,
    /// Not known, for this reason.
    Unknown(String),
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
