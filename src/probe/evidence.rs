//! What was learned about a record: plain values, the input of every check.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::peer::PeerEvidence;
use crate::endpoint::{ConnectError, ExchangeError, Stream};
use crate::host::{self, Namespaces};
use crate::identity::{DaemonProcess, Digest, DigestAgreement, DigestAlgorithm, HostIdentity};
use crate::platform::{ImageError, PinError, PinnedProcess, ProcessFacts, ProcessStatus};
use crate::protocol::{AnswerError, Difference};
use crate::record::Finding;

/// A piece of evidence and the time it took.
#[derive(Debug)]
pub(crate) struct Timed<T> {
    pub(crate) value: T,
    pub(crate) elapsed: Duration,
}

impl<T> Timed<T> {
    pub(crate) fn of(work: impl FnOnce() -> T) -> Self {
        let started = Instant::now();
        let value = work();
        Self {
            value,
            elapsed: started.elapsed(),
        }
    }

    pub(crate) fn instantly(value: T) -> Self {
        Self {
            value,
            elapsed: Duration::ZERO,
        }
    }
}

/// Everything that was learned; the checks are functions of it.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) expected: DaemonProcess,
    pub(crate) findings: Vec<Finding>,
    /// What is to be said about where the identity came from.
    pub(crate) note: Option<String>,
    pub(crate) host: Timed<HostEvidence>,
    pub(crate) endpoint: Timed<EndpointEvidence>,
    pub(crate) peer: Timed<PeerEvidence>,
    pub(crate) answer: Timed<AnswerEvidence>,
    pub(crate) process: Timed<ProcessEvidence>,
    pub(crate) status: Timed<StatusEvidence>,
    pub(crate) image: Timed<ImageEvidence>,
    pub(crate) digest: Timed<DigestEvidence>,
    /// Who has the recorded ID now; looked up only where it helps a reader.
    pub(crate) occupant: Option<ProcessFacts>,
}

/// The host of the record and ours.
#[derive(Debug)]
pub(crate) struct HostEvidence {
    pub(crate) recorded: Option<HostIdentity>,
    pub(crate) ours: Arc<HostIdentity>,
}

#[derive(Debug)]
pub(crate) enum EndpointEvidence {
    /// The caller named another one; nothing was contacted.
    Differs {
        asked: String,
    },
    Failed(ConnectError),
    Connected,
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

#[derive(Debug)]
pub(crate) enum ProcessEvidence {
    /// The record is from another boot, host or namespace.
    NotExamined,
    Failed(PinError),
    Zombie {
        parent: Option<u32>,
    },
    /// Alive when it was pinned, and gone at the end.
    ExitedMeanwhile,
    Alive,
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

/// The running image and what the recorded path names today.
#[derive(Debug)]
pub(crate) struct FoundImage {
    pub(crate) link: Option<PathBuf>,
    /// Whether the recorded path, or else the kernel's name for the image, leads
    /// to it.
    pub(crate) link_is_current: bool,
    /// The recorded path with symbolic links followed, where it leads to anything
    /// but the image.
    pub(crate) resolved: Option<PathBuf>,
    pub(crate) recorded: RecordedFile,
}

#[derive(Debug)]
pub(crate) enum RecordedFile {
    /// The running image.
    Same,
    /// The running image, as the process itself sees the path.
    SameInside,
    /// Nothing.
    Missing,
    /// Another file, with the same content as the image.
    Copy,
    /// Another file with other content.
    Other,
    /// It cannot be looked at.
    Unreadable(io::Error),
}

#[derive(Debug)]
pub(crate) enum DigestEvidence {
    NotExamined,
    NotSupplied,
    Denied,
    Failed(io::Error),
    /// It takes longer than this.
    TimedOut(Duration),
    Computed {
        algorithm: DigestAlgorithm,
        expected: Digest,
        actual: Digest,
        /// For how long it has been kept; `None` when it was computed now.
        cached_for: Option<Duration>,
    },
}

/// What a probe still holds when it is done.
#[derive(Debug, Default)]
pub(crate) struct Held {
    pub(crate) process: Option<PinnedProcess>,
    /// The connection on which a verified daemon answered.
    pub(crate) stream: Option<Stream>,
}

impl HostEvidence {
    /// Whether the record was written on another machine. One boot is on one
    /// machine, whatever a container's own machine ID says.
    pub(crate) fn is_other_machine(&self) -> bool {
        self.differ(|host| &host.machine_id) && !self.same_boot()
    }

    pub(crate) fn same_boot(&self) -> bool {
        self.both(|host| &host.boot_id)
            .is_some_and(|(theirs, ours)| theirs == ours)
    }

    /// Whether the record was written in another PID namespace.
    pub(crate) fn is_other_pid_namespace(&self) -> bool {
        self.namespaces()
            .is_some_and(|(theirs, ours)| theirs.pid != ours.pid)
    }

    /// Whether a process has in the record the number that it has here.
    pub(crate) fn is_numbered_here(&self) -> bool {
        self.same_boot() && self.same_pid_namespace()
    }

    fn same_pid_namespace(&self) -> bool {
        self.namespaces()
            .is_some_and(|(theirs, ours)| theirs.pid == ours.pid)
    }

    pub(crate) fn is_other_mount_namespace(&self) -> bool {
        self.namespaces()
            .is_some_and(|(theirs, ours)| theirs.mount != ours.mount)
    }

    pub(crate) fn differ(&self, field: impl Fn(&HostIdentity) -> &str) -> bool {
        self.both(field)
            .is_some_and(|(theirs, ours)| theirs != ours)
    }

    /// Whether the record proves to be of this machine and PID namespace, and
    /// the identity in it, of boot `boot_id`, to be of this boot or of the one in
    /// which the record was written: what says nothing may be from anywhere.
    ///
    /// Machines made from one image may have one machine ID, but not one name.
    pub(crate) fn is_from_here(&self, boot_id: &str) -> bool {
        let same = |field: fn(&HostIdentity) -> &str| {
            self.both(field)
                .is_some_and(|(theirs, ours)| theirs == ours)
        };
        let same_machine = same(|host| &host.machine_id) && same(|host| &host.hostname);
        let mut hosts = self.recorded.iter().chain([&*self.ours]);
        let known_boot =
            host::known(boot_id).is_some_and(|known| hosts.any(|host| host.boot_id == known));
        (same_machine || self.same_boot()) && self.same_pid_namespace() && known_boot
    }

    pub(crate) fn is_foreign(&self) -> bool {
        self.is_other_machine() || self.is_other_pid_namespace()
    }

    /// A field's recorded value and ours, where both are known.
    fn both(&self, field: impl Fn(&HostIdentity) -> &str) -> Option<(&str, &str)> {
        let theirs = host::known(field(self.recorded.as_ref()?))?;
        Some((theirs, host::known(field(&self.ours))?))
    }

    fn namespaces(&self) -> Option<(Namespaces<'_>, Namespaces<'_>)> {
        let (theirs, ours) = self.both(|host| &host.namespace_id)?;
        Namespaces::parse(theirs).zip(Namespaces::parse(ours))
    }
}
