//! What a probe found: plain data, the same for every renderer.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::identity::Endpoint;

/// The outcome of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The evidence agrees with the record.
    Pass,
    /// True, but suspicious.
    Warn,
    /// Evidence against the record.
    Fail,
    /// Tried, and could not be determined (permission, platform).
    Unknown,
    /// Not tried: a check it depends on did not pass, or there is nothing to
    /// compare.
    Skip,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Pass,
        Self::Warn,
        Self::Fail,
        Self::Unknown,
        Self::Skip,
    ];

    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Skip => "skip",
        }
    }
}

/// An identity check, in report order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckId {
    /// Integrity and trust of the file.
    Manifest,
    /// Machine and PID namespace of the writer against ours.
    Host,
    /// A connection to the recorded socket succeeds in time.
    Endpoint,
    /// The kernel's word on who serves that socket.
    Peer,
    /// The challenge.
    Nonce,
    /// The recorded boot against this boot.
    BootId,
    /// The process exists, is no zombie, and is pinned.
    Pid,
    /// The process is not younger than the record.
    StartTime,
    /// The running image is the recorded file.
    ExePath,
    /// The digest of the running image.
    Digest,
}

impl CheckId {
    /// Every check, in report order.
    pub const ALL: [Self; 10] = [
        Self::Manifest,
        Self::Host,
        Self::Endpoint,
        Self::Peer,
        Self::Nonce,
        Self::BootId,
        Self::Pid,
        Self::StartTime,
        Self::ExePath,
        Self::Digest,
    ];

    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Host => "host",
            Self::Endpoint => "endpoint",
            Self::Peer => "peer",
            Self::Nonce => "nonce",
            Self::BootId => "boot_id",
            Self::Pid => "pid",
            Self::StartTime => "start_time",
            Self::ExePath => "exe_path",
            Self::Digest => "digest",
        }
    }

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

/// What the checks prove together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The process behind the record is the one it claims, and answers.
    Verified,
    /// The recorded daemon is provably gone and nothing answers in its place.
    NotRunning,
    /// Not enough evidence either way.
    Indeterminate,
    /// Something is there, and it is not what the record says.
    Mismatch,
    /// The right process; its endpoint does not answer correctly.
    Unresponsive,
    /// The file cannot be trusted to name a daemon; nothing was touched.
    InvalidManifest,
}

impl Verdict {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::NotRunning => "not_running",
            Self::Indeterminate => "indeterminate",
            Self::Mismatch => "mismatch",
            Self::Unresponsive => "unresponsive",
            Self::InvalidManifest => "invalid_manifest",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why the verdict is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The record is unreadable, malformed or corrupt.
    ManifestInvalid,
    /// There is no such file.
    ManifestMissing,
    /// The record names no daemon.
    NoDaemonRecorded,
    /// The record is from another machine.
    ForeignHost,
    /// The record is from another PID namespace (a container).
    ForeignNamespace,
    /// The caller named another endpoint than the record.
    EndpointDiffers,
    /// Somebody else serves the socket.
    Squatted,
    /// Another instance answers on the same endpoint with its own good
    /// identity.
    Superseded,
    /// The answer names another identity than the record.
    IdentityMismatch,
    /// The daemon answers with the boot ID of another boot.
    BootIdMismatch,
    /// The running image has another digest.
    DigestMismatch,
    /// The running image is another file.
    PathMismatch,
    /// The host was started anew since the record was made.
    Rebooted,
    /// No process has the recorded ID.
    ProcessExited,
    /// The process has exited and was not yet collected by its parent.
    Zombie,
    /// The recorded ID belongs to a younger process.
    PidReused,
    /// The process is younger than the record, and nothing else speaks for or
    /// against it.
    YoungerProcess,
    /// Not permitted to look.
    PermissionDenied,
    /// Who serves the socket could not be determined.
    PeerUnresolved,
    /// Whether the record is from this boot could not be determined.
    BootUnknown,
    /// The record supplies no digest that could be compared.
    NoCommonDigest,
    /// Something about the process could not be examined.
    ProcessUnreadable,
    /// The socket file does not exist.
    EndpointMissing,
    /// Nobody listens on the socket.
    EndpointRefused,
    /// The recorded endpoint is not a socket, or cannot be one.
    EndpointInvalid,
    /// The listener's queue stayed full.
    EndpointBusy,
    /// Connected, and no complete answer came.
    EndpointSilent,
    /// The connection was closed without a complete answer.
    EndpointClosed,
    /// Whoever answers does not speak the challenge.
    NotProbeProtocol,
    /// The challenge was answered wrongly.
    WrongAnswer,
    /// Verified, with the executable replaced or moved since the start.
    Outdated,
    /// Verified, with other warnings.
    Warnings,
    /// Verified with warnings, and the caller does not accept any.
    Strict,
}

impl Reason {
    /// The code in reports.
    #[must_use]
    pub fn code(self) -> String {
        // The names are those of serde, stated once.
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(code)) => code,
            _ => String::new(),
        }
    }
}

/// The record a report is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The file as it was named; `-` for standard input, `None` for a record
    /// from memory.
    pub manifest: Option<String>,
    /// Its format, as [`crate::manifest::Format::name`].
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
pub struct Report {
    /// What the checks prove together.
    pub verdict: Verdict,
    /// Why; `None` when verified without warnings.
    pub reason: Option<Reason>,
    /// The verdict in one sentence.
    pub summary: String,
    /// Up to two things to do next.
    pub hints: Vec<String>,
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
