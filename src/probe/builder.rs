//! The probe and its options.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::checks::state::{RecordState, States};
use super::checks::{self, CheckText};
use super::evidence::Held;
use super::expected::Expected;
use super::gather::gather;
use super::image_digests::ImageDigests;
use super::observed::{self, ObservedRequest, Subject};
use super::probe_report::{self, ProbeReport, RecordFile, untouched};
use super::request::{AskedEndpoint, Request};
use super::verdict;
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::platform::UserId;
use crate::process::ProcessRecord;
use crate::record::{Finding, Record};
use crate::report::{Check, CheckId, Outcome, Target, Verdict};
use crate::standstill::Standstill;

/// The default of [`Probe::timeout`]: 500 ms.
pub const DEFAULT_ENDPOINT_PROBE_TIMEOUT: Duration = Duration::from_millis(500);

/// A probe of one daemon: its options, and the evidence that there is before it runs.
///
/// ```
/// use rpctl::{DaemonProcess, Endpoint, Probe, Verdict};
///
/// // This process does not listen on its recorded endpoint.
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
    pub(super) expected: Option<Expected>,
    pub(super) findings: Vec<Finding>,
    /// A remark on the source of the identity.
    pub(super) note: Option<String>,
    /// The state of the record if no identity was found or read.
    pub(super) without_identity: RecordState,
    /// The file that names the daemon.
    pub(super) file: Option<RecordFile>,
    /// The owner of the file that names the daemon.
    pub(super) owner: Option<UserId>,
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
    /// Creates a probe of the process that `recorded` describes.
    pub fn new(recorded: &DaemonProcess) -> Self {
        let target = Target {
            pid: Some(recorded.pid),
            endpoint: Some(recorded.ipc_endpoint.clone()),
            ..Target::default()
        };
        Self {
            expected: Some(Expected::Daemon(recorded.clone())),
            ..Self::with_defaults(target)
        }
    }

    /// Creates a probe of a process that was recorded without its cooperation. Nothing is
    /// connected to, and nothing is sent: the kernel alone is asked.
    pub fn of_process(recorded: &ProcessRecord) -> Self {
        let target = Target {
            pid: Some(recorded.process.pid),
            service_name: recorded.service_name.clone(),
            service_version: recorded.service_version.clone(),
            listeners: recorded.listener_names(),
            ..Target::default()
        };
        Self {
            expected: Some(Expected::Process(Box::new(recorded.clone()))),
            ..Self::with_defaults(target)
        }
    }

    /// Creates a probe of the process that a record file describes. Its checks include
    /// the integrity of the file and the host on which it was written.
    ///
    /// A record that breaks a rule is not probed; the report says why. A manifest can
    /// refer to other files for the identity of its daemons: see
    /// [`Self::all_from_record`].
    pub fn from_record(record: &Record) -> Self {
        Self {
            expected: Expected::from_record(record),
            findings: record.findings.clone(),
            file: RecordFile::from_record(record),
            owner: record.ownership.map(|file| file.owner),
            host: record.host().map(Arc::new),
            ..Self::with_defaults(record.into())
        }
    }

    /// Creates a probe of the identity that a report is about; `None` if it is about none. An
    /// unchanged image is not hashed again.
    pub(crate) fn again(report: &ProbeReport) -> Option<Self> {
        let probe = match report.expected.as_ref()? {
            Expected::Daemon(daemon) => Self::new(daemon),
            Expected::Process(record) => Self::of_process(record),
        };
        Some(probe.image_digests(&report.digests))
    }

    fn with_defaults(target: Target) -> Self {
        Self {
            expected: None,
            findings: Vec::new(),
            note: None,
            without_identity: RecordState::NoDaemon,
            file: None,
            owner: None,
            host: None,
            ours: None,
            target,
            endpoint: None,
            timeout: DEFAULT_ENDPOINT_PROBE_TIMEOUT,
            strict: false,
            digests: Arc::default(),
            keeps_connection: false,
        }
    }

    /// Requires this endpoint. If the record names another one, nothing is contacted.
    pub fn endpoint(mut self, endpoint: &Endpoint) -> Self {
        self.endpoint = Some(AskedEndpoint::Whole(endpoint.clone()));
        self
    }

    /// Requires an endpoint with this path and any label.
    pub fn endpoint_path(mut self, path: &str) -> Self {
        self.endpoint = Some(AskedEndpoint::Path(path.to_owned()));
        self
    }

    /// Sets the time granted to connecting, sending the challenge and reading the answer,
    /// together; the default is [`DEFAULT_ENDPOINT_PROBE_TIMEOUT`].
    ///
    /// The image is hashed at the same time, with a limit of its own; see
    /// [`ImageDigests::hash_timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Keeps the connection on which a verified daemon has answered, for
    /// [`ProbeReport::take_connection`].
    ///
    /// Without this, the connection is closed as soon as the answer is read. A daemon that
    /// serves one client at a time serves no other client before that.
    pub fn keep_connection(mut self) -> Self {
        self.keeps_connection = true;
        self
    }

    /// Sets whether a warning makes the verdict [`Verdict::Indeterminate`]; the default is
    /// `false`.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Shares the digests of images with other probes of the same run, so that no image is
    /// hashed twice.
    pub fn image_digests(mut self, digests: &Arc<ImageDigests>) -> Self {
        self.digests = Arc::clone(digests);
        self
    }

    /// Sets the host on which the record was written, for the check
    /// [`CheckId::Host`].
    pub fn host(mut self, host: Option<HostIdentity>) -> Self {
        self.host = host.map(Arc::new);
        self
    }

    /// Sets the findings about the record, for the check [`CheckId::Record`].
    pub fn findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// Sets the name and version of the service in the report; an empty text is none.
    pub fn service(mut self, name: &str, version: &str) -> Self {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        self.target.service_name = text(name);
        self.target.service_version = text(version);
        self
    }

    /// Sets the name of the record in the report, for example the path as the user gave it.
    pub fn label(mut self, label: &str) -> Self {
        self.target.record = Some(label.to_owned());
        self
    }

    /// Runs every check. Takes at most [`Self::timeout`] and the time to hash the image.
    #[must_use]
    pub fn run(self) -> ProbeReport {
        let started = Instant::now();
        let expected = match self.sound_identity() {
            Ok(expected) => expected,
            Err((state, text)) => {
                let check = text.into_check(CheckId::Record, state.outcome(), Duration::ZERO);
                return untouched(state, check, self.target, started);
            }
        };
        let mut looked = match expected {
            Expected::Daemon(daemon) => self.ask(daemon),
            Expected::Process(record) => self.observe(Subject::from(&**record)),
        };
        let states = looked.states;
        // The PID of the record is then that of another process.
        looked
            .held
            .process
            .take_if(|_| states.host.outcome() == Outcome::Fail);
        let checks = looked.checks;
        let mut report = probe_report::report(&states, checks, self.target, self.strict, started);
        let held = &mut looked.held;
        report.standstill = looked.standstill.filter(|_| held.process.is_some());
        held.stream.take_if(|_| report.verdict != Verdict::Verified);
        ProbeReport {
            report,
            findings: looked.findings,
            is_from_here: looked.is_from_here,
            is_gone: verdict::proof_of_death(&states).is_some(),
            expected: self.expected,
            file: self.file,
            digests: self.digests,
            held: looked.held,
        }
    }

    /// Connects to a daemon, and asks it for its identity.
    fn ask(&self, expected: &DaemonProcess) -> Looked {
        let (evidence, held) = gather(&Request {
            expected,
            host: self.host.as_deref(),
            owner: self.owner,
            host_is_of_identity: self.target.identity_file.is_none(),
            ours: self.ours.as_ref(),
            findings: &self.findings,
            note: self.note.as_deref(),
            endpoint: self.endpoint.as_ref(),
            timeout: self.timeout,
            keeps_connection: self.keeps_connection,
            digests: &self.digests,
        });
        let (states, checks) = checks::examine(&evidence);
        let host = &evidence.host.value;
        Looked {
            states,
            checks,
            is_from_here: host.is_from_here(&expected.boot_id) || host.is_namespace_gone,
            findings: evidence.findings,
            standstill: evidence.standstill,
            held,
        }
    }

    /// Looks at a process without asking it.
    fn observe(&self, subject: Subject<'_>) -> Looked {
        let (evidence, held) = observed::gather(&ObservedRequest {
            subject,
            owner: self.owner,
            ours: self.ours.as_ref(),
            findings: &self.findings,
            note: self.note.as_deref(),
            endpoint: self.endpoint.as_ref(),
            timeout: self.timeout,
            digests: &self.digests,
        });
        let (states, checks) = checks::examine_observed(&evidence);
        let host = &evidence.host.value;
        Looked {
            states,
            checks,
            is_from_here: host.is_from_here(&evidence.boot.boot_id) || host.is_namespace_gone,
            findings: evidence.findings,
            standstill: evidence.standstill,
            held,
        }
    }

    /// Returns the identity to probe.
    ///
    /// # Errors
    ///
    /// The result of the check of the record, if that has no valid identity.
    fn sound_identity(&self) -> Result<&Expected, (RecordState, CheckText)> {
        let (state, text) = checks::examine_findings(&self.findings, self.note.as_deref());
        match (state, &self.expected) {
            (RecordState::Invalid, _) => Err((RecordState::Invalid, text)),
            (_, None) => Err((self.without_identity, text)),
            (_, Some(expected)) => Ok(expected),
        }
    }
}

/// The states of all checks, and what was gathered beside them.
struct Looked {
    states: States,
    checks: Vec<Check>,
    findings: Vec<Finding>,
    is_from_here: bool,
    standstill: Option<Standstill>,
    held: Held,
}
