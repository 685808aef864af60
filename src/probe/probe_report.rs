//! What a probe found, together with what it still holds.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};

use super::checks::state::{
    BootState, DigestState, EndpointState, ExeState, HostState, NonceState, PeerState, PidState,
    RecordState, StartState, States,
};
use super::evidence::Held;
use super::{checks, explanations, verdict};
use crate::endpoint::Stream;
use crate::identity::DaemonProcess;
use crate::platform::{FileStat, PinnedProcess};
use crate::record::{self, Finding, LoadError, Record};
use crate::report::{Check, CheckId, Outcome, Report, Target, Verdict};

/// A report in which only the record was looked at.
pub(super) fn untouched(
    record: RecordState,
    record_check: Check,
    target: Target,
    started: Instant,
) -> ProbeReport {
    let states = States {
        record,
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
    let mut checks = vec![record_check];
    checks.extend(CheckId::ALL[1..].iter().map(|&check| Check {
        check,
        outcome: Outcome::Skip,
        expected: None,
        actual: None,
        detail: None,
        elapsed: Duration::ZERO,
    }));
    ProbeReport {
        report: Report {
            verdict,
            reason,
            summary: explanations::summarize(verdict, reason, &target, &checks),
            target,
            checks,
            elapsed: started.elapsed(),
        },
        findings: Vec::new(),
        is_from_here: false,
        expected: None,
        file: None,
        held: Held::default(),
    }
}

/// What a probe found, and the process it found it about.
///
/// The report itself is plain data, see [`Self::report`]. The process stays
/// pinned as long as this value lives.
#[derive(Debug)]
pub struct ProbeReport {
    pub(super) report: Report,
    pub(super) findings: Vec<Finding>,
    pub(super) is_from_here: bool,
    pub(super) expected: Option<DaemonProcess>,
    pub(super) file: Option<RecordFile>,
    pub(super) held: Held,
}

/// The file that names a daemon: a record, or the identity beside a manifest.
#[derive(Clone, Debug)]
pub(crate) struct RecordFile {
    pub(crate) path: PathBuf,
    /// Which file was read.
    pub(crate) stat: FileStat,
}

impl RecordFile {
    pub(super) fn of(record: &Record) -> Option<Self> {
        Some(Self {
            path: record.path.clone()?,
            stat: record.file?,
        })
    }
}

impl ProbeReport {
    /// Reports that the record file `label` could not be read, because of `error`.
    /// Nothing was probed.
    #[must_use]
    pub fn unreadable(label: &str, error: &LoadError) -> Self {
        let (state, check) = checks::unreadable(error);
        let target = Target {
            record: Some(label.to_owned()),
            ..Target::default()
        };
        untouched(state, check, target, Instant::now())
    }

    /// The report alone, letting go of the process.
    #[must_use]
    pub fn into_report(self) -> Report {
        self.report
    }

    /// The recorded identity, where the record names one.
    #[must_use]
    pub fn identity(&self) -> Option<&DaemonProcess> {
        self.expected.as_ref()
    }

    /// Whether the record is known to be from this host and PID namespace.
    pub(crate) fn is_from_here(&self) -> bool {
        self.is_from_here
    }

    /// The file that names the daemon, where it was read from one.
    pub(crate) fn file(&self) -> Option<&RecordFile> {
        self.file.as_ref()
    }

    /// The recorded process, where it is alive.
    pub(crate) fn process(&self) -> Option<&PinnedProcess> {
        self.held.process.as_ref()
    }

    /// Splits into the report, the recorded identity and its process. Gives `self` back
    /// if the process is not alive.
    pub(crate) fn into_parts(
        mut self,
    ) -> Result<(Report, DaemonProcess, PinnedProcess), Box<Self>> {
        match (self.expected.take(), self.held.process.take()) {
            (Some(expected), Some(process)) => Ok((self.report, expected, process)),
            (expected, process) => {
                self.expected = expected;
                self.held.process = process;
                Err(Box::new(self))
            }
        }
    }

    /// Takes the connection on which a verified daemon has answered, if it was kept.
    pub(crate) fn take_stream(&mut self) -> Option<Stream> {
        self.held.stream.take()
    }

    /// Returns why other users could have written or replaced the record; `None` if
    /// only its owner and root could.
    #[must_use]
    pub fn distrust(&self) -> Option<String> {
        record::distrust(&self.findings)
    }

    /// Everything the probe found, as plain data.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Returns the verdict of the report.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.report.verdict
    }
}

impl Serialize for ProbeReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report.serialize(serializer)
    }
}
