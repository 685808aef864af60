//! The probe's public face: what to probe, and how.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::checks;
use super::checks::state::RecordState;
use super::gather::gather;
use super::image_digests::ImageDigests;
use super::probe_report::{ProbeReport, RecordFile, untouched};
use super::request::{AskedEndpoint, Request};
use super::{explanations, verdict};
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::record::{Finding, Record};
use crate::report::{CheckId, Report, Target, Verdict};

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
/// assert_eq!(report.verdict(), Verdict::Unresponsive);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a probe does nothing until it is run"]
pub struct Probe {
    pub(super) expected: Option<DaemonProcess>,
    pub(super) findings: Vec<Finding>,
    /// What is to be said about where the identity came from.
    pub(super) note: Option<String>,
    /// Whether everything was looked at where the identity could be.
    pub(super) is_searched: bool,
    /// The file that names the daemon.
    pub(super) file: Option<RecordFile>,
    host: Option<Arc<HostIdentity>>,
    pub(super) ours: Option<Arc<HostIdentity>>,
    pub(super) target: Target,
    endpoint: Option<AskedEndpoint>,
    timeout: Duration,
    strict: bool,
    digests: Arc<ImageDigests>,
    keeps_connection: bool,
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
            note: None,
            is_searched: true,
            file: None,
            host: None,
            ours: None,
            endpoint: None,
            timeout: DEFAULT_ENDPOINT_PROBE_TIMEOUT,
            strict: false,
            digests: Arc::default(),
            keeps_connection: false,
        }
    }

    /// A probe of the process that a record file describes, with the file's own
    /// integrity and the writer's host among the checks.
    ///
    /// A record that breaks a rule is not probed: the report says why.
    pub fn from_record(record: &Record) -> Self {
        Self {
            expected: record.daemon(),
            findings: record.findings.clone(),
            note: None,
            is_searched: true,
            file: RecordFile::of(record),
            host: record.host().map(Arc::new),
            ours: None,
            target: record.into(),
            endpoint: None,
            timeout: DEFAULT_ENDPOINT_PROBE_TIMEOUT,
            strict: false,
            digests: Arc::default(),
            keeps_connection: false,
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
    /// Hashing the image runs meanwhile and is not cut short by it; see
    /// [`ImageDigests::hash_timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Keeps the connection on which a verified daemon has answered, for
    /// [`ProbeReport::take_connection`]. Else it is closed before the report is made,
    /// because a daemon that serves one client at a time waits for that.
    pub fn keep_connection(mut self) -> Self {
        self.keeps_connection = true;
        self
    }

    /// Count warnings as "cannot tell".
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Share the digests of images with other probes of the same run, so that
    /// none is hashed twice.
    pub fn image_digests(mut self, digests: &Arc<ImageDigests>) -> Self {
        self.digests = Arc::clone(digests);
        self
    }

    /// State where the record was written, for the `host` check.
    pub fn host(mut self, host: Option<HostIdentity>) -> Self {
        self.host = host.map(Arc::new);
        self
    }

    /// State what was found wrong about the record, for the `record` check.
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
    pub fn label(mut self, label: &str) -> Self {
        self.target.record = Some(label.to_owned());
        self
    }

    /// Run every check, in at most the timeout plus the time to hash the image.
    #[must_use]
    pub fn run(self) -> ProbeReport {
        let started = Instant::now();
        let (record, text) = checks::examine_findings(&self.findings, self.note.as_deref());
        let expected = match (record, &self.expected) {
            (RecordState::Invalid, _) | (_, None) => {
                let state = match record {
                    RecordState::Invalid => RecordState::Invalid,
                    _ if self.is_searched => RecordState::NoDaemon,
                    _ => RecordState::Unsearched,
                };
                let check = text.into_check(CheckId::Record, state.outcome(), Duration::ZERO);
                return untouched(state, check, self.target, started);
            }
            (_, Some(expected)) => expected,
        };
        let (evidence, mut held) = gather(&Request {
            expected,
            host: self.host.as_deref(),
            ours: self.ours.as_ref(),
            findings: &self.findings,
            note: self.note.as_deref(),
            endpoint: self.endpoint.as_ref(),
            timeout: self.timeout,
            keeps_connection: self.keeps_connection,
            digests: &self.digests,
        });
        let (states, checks) = checks::examine(&evidence);
        let (verdict, reason) = verdict::decide(&states, self.strict);
        held.stream.take_if(|_| verdict != Verdict::Verified);
        ProbeReport {
            report: Report {
                verdict,
                reason,
                summary: explanations::summarize(verdict, reason, &self.target, &checks),
                target: self.target,
                checks,
                elapsed: started.elapsed(),
            },
            findings: self.findings,
            is_from_here: evidence.host.value.is_from_here(&evidence.expected.boot_id),
            expected: self.expected,
            file: self.file,
            held,
        }
    }
}
