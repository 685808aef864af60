//! The probe's public face: a builder, and the report with what it still holds.

use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};

use super::checks;
use super::checks::state::{
    BootState, DigestState, EndpointState, ExeState, HostState, ManifestState, NonceState,
    PeerState, PidState, StartState, States,
};
use super::evidence::Held;
use super::gather::gather;
use super::report::{Check, CheckId, Outcome, Report, Target, Verdict};
use super::request::{AskedEndpoint, Request};
use super::summary::Facts;
use super::{summary, verdict};
use crate::endpoint::Stream;
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::manifest::{Finding, LoadError, Record};
use crate::platform::PinnedProcess;

/// Time granted to connecting, challenging and reading the answer, together.
pub const DEFAULT_ENDPOINT_PROBE_TIMEOUT: Duration = Duration::from_millis(500);

/// Probes one daemon.
///
/// ```
/// use rpctl::{DaemonProcess, Endpoint, Probe, Verdict};
///
/// // An identity nobody serves: this process never listened there.
/// let endpoint = Endpoint {
///     namespace_id: "example".to_owned(),
///     path: "/nonexistent/example.sock".to_owned(),
/// };
/// let recorded = DaemonProcess::current_process(endpoint, None)?;
/// let report = Probe::new(&recorded).run();
/// assert_eq!(report.verdict, Verdict::Unresponsive);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a probe does nothing until it is run"]
pub struct Probe {
    expected: Option<DaemonProcess>,
    findings: Vec<Finding>,
    host: Option<HostIdentity>,
    target: Target,
    endpoint: Option<AskedEndpoint>,
    timeout: Duration,
    strict: bool,
}

impl Probe {
    /// A probe of the process that `recorded` describes.
    pub fn new(recorded: &DaemonProcess) -> Self {
        Self {
            target: Target {
                pid: Some(recorded.pid),
                endpoint: Some(recorded.ipc_endpoint.clone()),
                ..Target::default()
            },
            expected: Some(recorded.clone()),
            findings: Vec::new(),
            host: None,
            endpoint: None,
            timeout: DEFAULT_ENDPOINT_PROBE_TIMEOUT,
            strict: false,
        }
    }

    /// A probe of the process that a record file describes, with the file's own
    /// integrity and the writer's host among the checks.
    ///
    /// A record that breaks a rule is not probed: the report says why.
    pub fn of_record(record: &Record) -> Self {
        let message = record.content.daemon_message();
        let (name, version) = record.service();
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            expected: record.daemon(),
            findings: record.findings.clone(),
            host: record.host(),
            target: Target {
                manifest: record.path.as_ref().map(|path| path.display().to_string()),
                format: Some(record.format.name()),
                service_name: text(name),
                service_version: text(version),
                pid: message.map(|message| message.pid),
                endpoint: message
                    .and_then(|message| message.ipc_endpoint.as_ref())
                    .map(Endpoint::from),
            },
            endpoint: None,
            timeout: DEFAULT_ENDPOINT_PROBE_TIMEOUT,
            strict: false,
        }
    }

    /// Insist on an endpoint: if the record names another one, nothing is
    /// contacted.
    pub fn endpoint(mut self, endpoint: &Endpoint) -> Self {
        self.endpoint = Some(AskedEndpoint::Whole(endpoint.clone()));
        self
    }

    /// Insist on the path of the endpoint, whatever its label.
    pub fn endpoint_path(mut self, path: &str) -> Self {
        self.endpoint = Some(AskedEndpoint::Path(path.to_owned()));
        self
    }

    /// Time granted to the whole challenge; 500 ms unless said otherwise.
    ///
    /// Hashing the image runs meanwhile and is not cut short by it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Count warnings as "cannot tell".
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// State where the record was written, for the `host` check.
    pub fn written_on(mut self, host: Option<HostIdentity>) -> Self {
        self.host = host;
        self
    }

    /// State what was found wrong about the record, for the `manifest` check.
    pub fn findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// Name the service in the report.
    pub fn service(mut self, name: &str, version: &str) -> Self {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.target.service_name = text(name);
        self.target.service_version = text(version);
        self
    }

    /// Name the record in the report, as the user named it.
    pub fn named(mut self, manifest: &str) -> Self {
        self.target.manifest = Some(manifest.to_owned());
        self
    }

    /// Run every check, in at most the timeout plus the time to hash the image.
    #[must_use]
    pub fn run(self) -> ProbeReport {
        let started = Instant::now();
        let (manifest, said) = checks::examine_findings(&self.findings);
        let expected = match (manifest, &self.expected) {
            (ManifestState::Invalid, _) | (_, None) => {
                let state = if manifest == ManifestState::Invalid {
                    ManifestState::Invalid
                } else {
                    ManifestState::NoDaemon
                };
                let check = said.into_check(CheckId::Manifest, state.outcome(), Duration::ZERO);
                return untouched(state, check, self.target, started);
            }
            (_, Some(expected)) => expected,
        };
        let (evidence, held) = gather(&Request {
            expected,
            host: self.host.as_ref(),
            findings: &self.findings,
            endpoint: self.endpoint.as_ref(),
            timeout: self.timeout,
        });
        let (states, checks) = checks::examine(&evidence);
        let (verdict, reason) = verdict::decide(&states, self.strict);
        let told = summary::tell(verdict, reason, &Facts::of(&self.target, &checks));
        ProbeReport {
            report: Report {
                verdict,
                reason,
                summary: told.summary,
                hints: told.hints,
                target: self.target,
                checks,
                elapsed: started.elapsed(),
            },
            expected: self.expected,
            held,
        }
    }
}

/// The report on a file that could not be read: nothing was probed.
#[must_use]
pub(crate) fn unreadable(named: &str, error: &LoadError) -> ProbeReport {
    let (state, check) = checks::unreadable(error);
    let target = Target {
        manifest: Some(named.to_owned()),
        ..Target::default()
    };
    let mut report = untouched(state, check, target, Instant::now());
    report.report.hints.insert(0, error.hint());
    report.report.hints.truncate(2);
    report
}

/// A report in which only the record was looked at.
fn untouched(
    manifest: ManifestState,
    manifest_check: Check,
    target: Target,
    started: Instant,
) -> ProbeReport {
    let states = States {
        manifest,
        host: HostState::Unsaid,
        endpoint: EndpointState::Skipped,
        peer: PeerState::Skipped,
        nonce: NonceState::Skipped,
        boot: BootState::Skipped,
        pid: PidState::Skipped,
        start: StartState::Skipped,
        exe: ExeState::Skipped,
        digest: DigestState::Skipped,
    };
    let (verdict, reason) = verdict::decide(&states, false);
    let mut checks = vec![manifest_check];
    checks.extend(CheckId::ALL[1..].iter().map(|&check| Check {
        check,
        outcome: Outcome::Skip,
        expected: None,
        actual: None,
        detail: None,
        elapsed: Duration::ZERO,
    }));
    let told = summary::tell(verdict, reason, &Facts::of(&target, &checks));
    ProbeReport {
        report: Report {
            verdict,
            reason,
            summary: told.summary,
            hints: told.hints,
            target,
            checks,
            elapsed: started.elapsed(),
        },
        expected: None,
        held: Held::default(),
    }
}

/// What a probe found, and the process it found it about.
///
/// The report itself is plain data, reached by dereferencing. The process stays
/// pinned as long as this value lives.
#[derive(Debug)]
pub struct ProbeReport {
    report: Report,
    expected: Option<DaemonProcess>,
    held: Held,
}

impl ProbeReport {
    /// The report on a file that could not be read.
    #[must_use]
    pub fn of_unreadable(named: &str, error: &LoadError) -> Self {
        unreadable(named, error)
    }

    /// The report alone, letting go of the process.
    #[must_use]
    pub fn into_data(self) -> Report {
        self.report
    }

    /// The report, and, when verified, the identity, the process and the
    /// connection on which it answered.
    pub(crate) fn into_parts(self) -> (Report, Option<(DaemonProcess, PinnedProcess, Stream)>) {
        let verified = self.report.verdict == Verdict::Verified;
        let Held { process, stream } = self.held;
        let parts = self.expected.zip(process).zip(stream).filter(|_| verified);
        (
            self.report,
            parts.map(|((expected, process), stream)| (expected, process, stream)),
        )
    }
}

impl std::ops::Deref for ProbeReport {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.report
    }
}

impl Serialize for ProbeReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report.serialize(serializer)
    }
}
