//! The report of a probe: plain data.

#[cfg(feature = "cli")]
mod packed;

use std::path::PathBuf;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::identity::Endpoint;
use crate::named::named;
use crate::standstill::Standstill;

#[cfg(feature = "cli")]
pub use packed::PackedReport;

named! {
    /// The outcome of one check.
    pub enum Outcome {
        /// The evidence agrees with the record.
        Pass = "pass",
        /// The evidence agrees with the record, but is suspicious.
        Warn = "warn",
        /// The evidence contradicts the record.
        Fail = "fail",
        /// The check could not be completed, for example without permission.
        Unknown = "unknown",
        /// The check was not made: a check that it depends on did not pass, or there is
        /// nothing to compare.
        Skip = "skip",
    }
}

named! {
    /// An identity check, in report order.
    #[non_exhaustive]
    pub enum CheckId {
        /// The record is intact, and only its owner and root can write it.
        Record = "record",
        /// The record is from this machine and PID namespace.
        Host = "host",
        /// The recorded socket accepts a connection in time.
        Endpoint = "endpoint",
        /// The recorded process serves that socket, as the kernel shows it.
        Peer = "peer",
        /// The challenge is answered with the recorded identity.
        Nonce = "nonce",
        /// The record is from this boot.
        BootId = "boot_id",
        /// The process exists, is no zombie, and is pinned.
        Pid = "pid",
        /// The process runs as the user who owns the record.
        User = "user",
        /// The process is not younger than the record.
        StartTime = "start_time",
        /// The running image is the recorded file.
        ExePath = "exe_path",
        /// The digest of the running image.
        Digest = "digest",
    }
}

impl CheckId {
    /// Returns the label for tables.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::BootId => "boot ID",
            Self::Pid => "PID",
            Self::StartTime => "start time",
            Self::ExePath => "exe path",
            other => other.name(),
        }
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// The check.
    pub check: CheckId,
    /// The outcome.
    pub outcome: Outcome,
    /// The recorded value, if there is something to compare.
    pub expected: Option<String>,
    /// The value that was found.
    pub actual: Option<String>,
    /// The meaning of the result in one line; `None` if there is nothing to add.
    pub detail: Option<String>,
    /// The time it took to gather the evidence; whole microseconds when serialised.
    #[serde(rename = "elapsed_us", serialize_with = "microseconds")]
    pub elapsed: Duration,
}

named! {
    /// The conclusion from all checks.
    pub enum Verdict {
        /// The process behind the record is the one it claims, and answers.
        Verified = "verified",
        /// The recorded daemon is provably gone and nothing answers in its place.
        NotRunning = "not_running",
        /// Not enough evidence either way.
        Indeterminate = "indeterminate",
        /// A daemon is there, and it is another one than recorded.
        Mismatch = "mismatch",
        /// It is the recorded process, and its endpoint does not answer correctly.
        Unresponsive = "unresponsive",
        /// The record is malformed or corrupt. Nothing was probed.
        InvalidRecord = "invalid_record",
        /// There is no record: neither the file nor a record of the service. Nothing was
        /// probed.
        NoRecord = "no_record",
    }
}

named! {
    /// The reason for a verdict.
    #[non_exhaustive]
    pub enum Reason {
        /// The record is malformed or corrupt.
        RecordInvalid = "record_invalid",
        /// The record, or the file with its identity, could not be read: for lack of
        /// permission, descriptors or memory, or because of a fault of the disk.
        RecordUnreadable = "record_unreadable",
        /// The record file does not exist, or no record of the service does.
        NoRecord = "no_record",
        /// The record names no daemon.
        NoDaemonRecorded = "no_daemon_recorded",
        /// The record names no daemon, and its identity may be in a place that could not
        /// be searched.
        IdentityHidden = "identity_hidden",
        /// The record is from another machine.
        ForeignHost = "foreign_host",
        /// The record is from another PID namespace (a container).
        ForeignNamespace = "foreign_namespace",
        /// The record is from another PID namespace of this boot, and no process lives in
        /// that namespace any more.
        NamespaceGone = "namespace_gone",
        /// The record names another endpoint than the caller requires.
        EndpointDiffers = "endpoint_differs",
        /// Another process serves the socket.
        Squatted = "squatted",
        /// Another instance answers at the same endpoint, with its own identity.
        Superseded = "superseded",
        /// The answer names another identity than the record.
        IdentityMismatch = "identity_mismatch",
        /// The process that serves the socket has a record of another boot.
        BootIdMismatch = "boot_id_mismatch",
        /// The running image has another digest.
        DigestMismatch = "digest_mismatch",
        /// The running image is another file.
        PathMismatch = "path_mismatch",
        /// The process runs as another user than the record says.
        UserMismatch = "user_mismatch",
        /// The host was rebooted since the record was made.
        Rebooted = "rebooted",
        /// No process has the recorded ID.
        ProcessExited = "process_exited",
        /// The process has exited, and its parent has not reaped it yet.
        Zombie = "zombie",
        /// The recorded ID belongs to another process now.
        PidReused = "pid_reused",
        /// The process is younger than the record, and nothing else proves or disproves
        /// its identity.
        YoungerProcess = "younger_process",
        /// The caller may not examine the process or connect to its endpoint.
        PermissionDenied = "permission_denied",
        /// The process that serves the socket could not be determined.
        PeerUnresolved = "peer_unresolved",
        /// The record may be from another boot.
        BootUnknown = "boot_unknown",
        /// The record names another boot, and the clocks do not tell of one since it was
        /// made.
        BootContradicted = "boot_contradicted",
        /// Nothing exact tells whether the process is the recorded one: the record has no
        /// exact start, or does not name its PID namespace.
        InstanceUnknown = "instance_unknown",
        /// A process has the number in a PID file and is older than the file, and nothing
        /// more tells whether it is the one; or it runs what the caller requires, but as
        /// another user than the owner of the file.
        PidFileOnly = "pid_file_only",
        /// Another process holds a lock on the PID file than the one that has the number in it.
        LockedByOther = "locked_by_other",
        /// The time of the record cannot be right, and nothing else proves that the process
        /// is the recorded one.
        TimeUnusable = "time_unusable",
        /// The record, or the answer, supplies no digest to compare.
        NoCommonDigest = "no_common_digest",
        /// The process could not be examined completely.
        ProcessUnreadable = "process_unreadable",
        /// The running image is an emulator, which runs the recorded executable.
        Emulated = "emulated",
        /// Hashing the running image took too long.
        HashingTimedOut = "hashing_timed_out",
        /// A file system does not answer: a network mount, FUSE or an automounter.
        FileSystemHangs = "file_system_hangs",
        /// The socket file does not exist.
        EndpointMissing = "endpoint_missing",
        /// No process listens on the socket.
        EndpointRefused = "endpoint_refused",
        /// The recorded endpoint is no socket, or no valid path of one.
        EndpointInvalid = "endpoint_invalid",
        /// The queue of the listener stayed full.
        EndpointBusy = "endpoint_busy",
        /// The endpoint accepted the connection and sent no complete answer in time.
        EndpointSilent = "endpoint_silent",
        /// The connection was closed without a complete answer.
        EndpointClosed = "endpoint_closed",
        /// The endpoint speaks another protocol.
        NotProbeProtocol = "not_probe_protocol",
        /// The endpoint answered the challenge wrongly.
        WrongAnswer = "wrong_answer",
        /// The daemon is verified, and its executable was replaced or moved since its start.
        Outdated = "outdated",
        /// The process is verified, and has executed another build of its program.
        Reexecuted = "reexecuted",
        /// The process is verified by what the kernel says of it: it was looked at, not
        /// asked.
        KernelOnly = "kernel_only",
        /// The process that has the number in a PID file is verified: it is older than the
        /// file, and what the caller requires.
        PidFile = "pid_file",
        /// The daemon is verified, with other warnings.
        Warnings = "warnings",
        /// All is proven, but there are warnings, which the caller does not accept.
        Strict = "strict",
    }
}

/// The record that a report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Target {
    /// The record file as the caller named it, for example `-` for standard input; `None`
    /// for a record from memory.
    pub record: Option<String>,
    /// The format of the record, as [`crate::record::Format::name`].
    pub format: Option<&'static str>,
    /// The file beside the manifest that supplied the identity, if the manifest itself
    /// names no daemon.
    pub identity_file: Option<String>,
    /// The name of the service, if the record has one.
    pub service_name: Option<String>,
    /// The version of the service, if the record has one.
    pub service_version: Option<String>,
    /// The recorded process ID.
    pub pid: Option<u32>,
    /// The recorded endpoint.
    pub endpoint: Option<Endpoint>,
    /// The recorded listeners of a process that is not asked: paths of Unix sockets, and
    /// addresses with ports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<String>,
}

/// The living process that has the recorded PID, as the kernel describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LiveProcess {
    /// The process ID, in the PID namespace of the caller.
    pub pid: u32,
    /// The effective user: the name, or the number of a user without a name; `None` if it
    /// cannot be read.
    pub user: Option<String>,
    /// The start time in milliseconds since the Unix epoch, by the present difference of the
    /// clocks; `None` if it cannot be read. Linux: with a resolution of 10 ms.
    pub started_at_unix_ms: Option<u64>,
    /// The path of the executable, or the one that a deleted executable had; `None` for a
    /// process that runs none, and without permission to look.
    #[serde(serialize_with = "lossy")]
    pub exe: Option<PathBuf>,
    /// The arguments, at most 80 characters, without what is named like a secret; `None` if
    /// they cannot be read. A process can write anything in their place. They are for the
    /// terminal of an operator, and never serialised.
    #[serde(skip)]
    pub arguments: Option<String>,
}

/// The findings of one probe, as plain data that can be serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The conclusion from all checks.
    pub verdict: Verdict,
    /// The reason for the verdict; `None` for a verified daemon that has answered, without
    /// warnings.
    pub reason: Option<Reason>,
    /// The verdict in one sentence.
    pub summary: String,
    /// The record.
    pub target: Target,
    /// The process with the recorded PID; `None` if it is not alive, cannot be looked at, or
    /// proves not to be the recorded daemon because that is gone.
    pub process: Option<LiveProcess>,
    /// All checks, in the order of [`CheckId::ALL`].
    pub checks: Vec<Check>,
    /// Whether the process is proven to be the exact instance of a process record: by boot,
    /// PID and exact start, whatever it runs now.
    #[serde(skip)]
    pub is_recorded_instance: bool,
    /// Why the recorded process does nothing; `None` if it may run, if it has answered, or
    /// if that is not known.
    pub standstill: Option<Standstill>,
    /// The time that the whole probe took; whole microseconds when serialised.
    #[serde(rename = "elapsed_us", serialize_with = "microseconds")]
    pub elapsed: Duration,
}

impl Report {
    /// Returns the result of one check.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.check == id)
    }
}

fn microseconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
}

fn lossy<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref()
        .map(|path| path.to_string_lossy())
        .serialize(serializer)
}
