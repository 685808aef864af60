//! The probe and its options.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::checks::state::RecordState;
use super::expected::Expected;
use super::image_digests::ImageDigests;
use super::probe_report::{ProbeReport, RecordFile};
use super::request::AskedEndpoint;
use super::requirements::Requirements;
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::platform::UserId;
use crate::process::ProcessRecord;
use crate::record::{Finding, Record};
use crate::report::Target;

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
    pub(super) host: Option<Arc<HostIdentity>>,
    pub(super) ours: Option<Arc<HostIdentity>>,
    pub(super) target: Target,
    pub(super) endpoint: Option<AskedEndpoint>,
    pub(super) timeout: Duration,
    pub(super) strict: bool,
    pub(super) digests: Arc<ImageDigests>,
    pub(super) keeps_connection: bool,
    pub(super) requirements: Requirements,
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
            Expected::Number(file) => Self {
                expected: Some(Expected::Number(*file)),
                file: report.file.clone(),
                ..Self::with_defaults(report.report.target.clone())
            },
        };
        let probe = probe.image_digests(&report.digests);
        Some(Self {
            owner: report.owner,
            requirements: report.requirements.clone(),
            ..probe
        })
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
            requirements: Requirements::default(),
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

    /// Requires that the process runs the executable at `path`: files are compared, not
    /// names. A file that was replaced or deleted since the process was started counts, too.
    ///
    /// This is what verifies the number in a PID file, which tells nothing more.
    pub fn exe(mut self, path: &Path) -> Self {
        self.requirements.exe = Some(path.to_owned());
        self
    }

    /// Requires that the process runs as the user with this ID.
    pub fn user(mut self, user: u32) -> Self {
        self.requirements.user = Some(user);
        self
    }

    /// Looks also for locks by [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html)
    /// that other processes hold on a PID file than the one with the number. Only the list of
    /// all locks of the system tells them, for which the kernel takes some 10 ms; other locks
    /// count at all times.
    pub fn all_locks(mut self) -> Self {
        self.requirements.all_locks = true;
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

    /// Sets whether a warning makes the verdict [`crate::Verdict::Indeterminate`]; the default is
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
    /// [`crate::CheckId::Host`].
    pub fn host(mut self, host: Option<HostIdentity>) -> Self {
        self.host = host.map(Arc::new);
        self
    }

    /// Sets the findings about the record, for the check [`crate::CheckId::Record`].
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
}
