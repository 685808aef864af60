//! What a probe found: plain data, the same for every renderer.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::identity::Endpoint;
use crate::named::named;

named! {
    /// The outcome of one check.
    pub enum Outcome {
        /// The evidence agrees with the record.
        Pass = "pass",
        /// True, but suspicious.
        Warn = "warn",
        /// Evidence against the record.
        Fail = "fail",
        /// Tried, and could not be determined (permission, platform).
        Unknown = "unknown",
        /// Not tried: a check it depends on did not pass, or there is nothing to
        /// compare.
        Skip = "skip",
    }
}

named! {
    /// An identity check, in report order.
    #[non_exhaustive]
    pub enum CheckId {
        /// Integrity and trust of the file.
        Record = "record",
        /// Machine and PID namespace of the writer against ours.
        Host = "host",
        /// A connection to the recorded socket succeeds in time.
        Endpoint = "endpoint",
        /// The kernel's word on who serves that socket.
        Peer = "peer",
        /// The challenge.
        Nonce = "nonce",
        /// The recorded boot against this boot.
        BootId = "boot_id",
        /// The process exists, is no zombie, and is pinned.
        Pid = "pid",
        /// The process is not younger than the record.
        StartTime = "start_time",
        /// The running image is the recorded file.
        ExePath = "exe_path",
        /// The digest of the running image.
        Digest = "digest",
    }
}

impl CheckId {
    /// The label in tables.
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
    /// Which check.
    pub check: CheckId,
    /// How it ended.
    pub outcome: Outcome,
    /// What the record says, where there is something to compare.
    pub expected: Option<String>,
    /// What was found.
    pub actual: Option<String>,
    /// What it means, in one line; `None` when there is nothing to add.
    pub detail: Option<String>,
    /// Time spent gathering its evidence.
    #[serde(rename = "elapsed_us", serialize_with = "microseconds")]
    pub elapsed: Duration,
}

named! {
    /// What the checks prove together.
    pub enum Verdict {
        /// The process behind the record is the one it claims, and answers.
        Verified = "verified",
        /// The recorded daemon is provably gone and nothing answers in its place.
        NotRunning = "not_running",
        /// Not enough evidence either way.
        Indeterminate = "indeterminate",
        /// Something is there, and it is not what the record says.
        Mismatch = "mismatch",
        /// The right process; its endpoint does not answer correctly.
        Unresponsive = "unresponsive",
        /// The file cannot be trusted to name a daemon; nothing was touched.
        InvalidRecord = "invalid_record",
    }
}

named! {
    /// Why the verdict is what it is.
    #[non_exhaustive]
    pub enum Reason {
        /// The record is unreadable, malformed or corrupt.
        RecordInvalid = "record_invalid",
        /// There is no such file.
        RecordMissing = "record_missing",
        /// The record names no daemon.
        NoDaemonRecorded = "no_daemon_recorded",
        /// The record names no daemon, and its identity may be where it could not
        /// be looked for.
        IdentityHidden = "identity_hidden",
        /// The record is from another machine.
        ForeignHost = "foreign_host",
        /// The record is from another PID namespace (a container).
        ForeignNamespace = "foreign_namespace",
        /// The caller named another endpoint than the record.
        EndpointDiffers = "endpoint_differs",
        /// Somebody else serves the socket.
        Squatted = "squatted",
        /// Another instance answers on the same endpoint with its own good
        /// identity.
        Superseded = "superseded",
        /// The answer names another identity than the record.
        IdentityMismatch = "identity_mismatch",
        /// The daemon answers with the boot ID of another boot.
        BootIdMismatch = "boot_id_mismatch",
        /// The running image has another digest.
        DigestMismatch = "digest_mismatch",
        /// The running image is another file.
        PathMismatch = "path_mismatch",
        /// The host was started anew since the record was made.
        Rebooted = "rebooted",
        /// No process has the recorded ID.
        ProcessExited = "process_exited",
        /// The process has exited and was not yet collected by its parent.
        Zombie = "zombie",
        /// The recorded ID belongs to a younger process.
        PidReused = "pid_reused",
        /// The process is younger than the record, and nothing else speaks for or
        /// against it.
        YoungerProcess = "younger_process",
        /// Not permitted to look.
        PermissionDenied = "permission_denied",
        /// Who serves the socket could not be determined.
        PeerUnresolved = "peer_unresolved",
        /// Whether the record is from this boot could not be determined.
        BootUnknown = "boot_unknown",
        /// The record supplies no digest that could be compared.
        NoCommonDigest = "no_common_digest",
        /// Something about the process could not be examined.
        ProcessUnreadable = "process_unreadable",
        /// Hashing the running image took too long.
        HashingTimedOut = "hashing_timed_out",
        /// The socket file does not exist.
        EndpointMissing = "endpoint_missing",
        /// Nobody listens on the socket.
        EndpointRefused = "endpoint_refused",
        /// The recorded endpoint is not a socket, or cannot be one.
        EndpointInvalid = "endpoint_invalid",
        /// The listener's queue stayed full.
        EndpointBusy = "endpoint_busy",
        /// Connected, and no complete answer came.
        EndpointSilent = "endpoint_silent",
        /// The connection was closed without a complete answer.
        EndpointClosed = "endpoint_closed",
        /// Whoever answers does not speak the challenge.
        NotProbeProtocol = "not_probe_protocol",
        /// The challenge was answered wrongly.
        WrongAnswer = "wrong_answer",
        /// Verified, with the executable replaced or moved since the start.
        Outdated = "outdated",
        /// Verified, with other warnings.
        Warnings = "warnings",
        /// Verified with warnings, and the caller does not accept any.
        Strict = "strict",
    }
}

/// The record a report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Target {
    /// The file as it was named; `-` for standard input, `None` for a record
    /// from memory.
    pub record: Option<String>,
    /// Its format, as [`crate::record::Format::name`].
    pub format: Option<&'static str>,
    /// The file beside the manifest that supplied the identity, where the
    /// manifest itself names no daemon.
    pub identity_file: Option<String>,
    /// Name of the service, where the record has one.
    pub service_name: Option<String>,
    /// Its version, where the record has one.
    pub service_version: Option<String>,
    /// The recorded process ID.
    pub pid: Option<u32>,
    /// The recorded endpoint.
    pub endpoint: Option<Endpoint>,
}

/// Everything a probe found.
///
/// Serialisable; the command line prints it together with an exit code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// What the checks prove together.
    pub verdict: Verdict,
    /// Why; `None` when verified without warnings.
    pub reason: Option<Reason>,
    /// The verdict in one sentence.
    pub summary: String,
    /// The record.
    pub target: Target,
    /// Every check, in report order.
    pub checks: Vec<Check>,
    /// Time spent on the whole probe.
    #[serde(rename = "elapsed_us", serialize_with = "microseconds")]
    pub elapsed: Duration,
}

impl Report {
    /// The result of one check.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks.iter().find(|check| check.check == id)
    }
}

fn microseconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX))
}
