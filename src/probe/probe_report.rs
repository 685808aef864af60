//! The report of a probe, with the process that it is about.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};

use super::checks::CheckText;
use super::checks::state::{InstanceState, RecordState, States};
use super::evidence::Held;
use super::expected::Expected;
use super::image_digests::ImageDigests;
use super::requirements::Requirements;
use super::{checks, explanations, verdict};
use crate::endpoint::Stream;
use crate::identity::DaemonProcess;
use crate::platform::{FileStat, PinnedProcess, UserId};
use crate::process::{CaptureError, ProcessRecord};
use crate::record::{self, Finding, LoadError, PidFile, Record};
use crate::report::{Check, CheckId, Outcome, Report, Target, Verdict};

/// Makes the report of a probe that examined nothing but the record.
pub(super) fn untouched(
    record: RecordState,
    record_check: Check,
    target: Target,
    started: Instant,
) -> ProbeReport {
    let states = States::with_record_alone(record);
    let skipped =
        |&check: &CheckId| CheckText::nothing().into_check(check, Outcome::Skip, Duration::ZERO);
    let others = CheckId::ALL
        .iter()
        .filter(|&&check| check != CheckId::Record);
    let checks = [record_check].into_iter().chain(others.map(skipped));
    let strict = false;
    ProbeReport {
        report: report(&states, checks.collect(), target, strict, started),
        findings: Vec::new(),
        is_from_here: false,
        is_gone: false,
        expected: None,
        file: None,
        owner: None,
        digests: Arc::default(),
        requirements: Requirements::default(),
        held: Held::default(),
    }
}

/// Concludes from the states of all checks. Warnings are doubts if `strict`.
pub(super) fn report(
    states: &States,
    checks: Vec<Check>,
    target: Target,
    strict: bool,
    started: Instant,
) -> Report {
    let (verdict, reason) = verdict::decide(states, strict);
    Report {
        verdict,
        reason,
        summary: explanations::summarize((verdict, reason), states, &target, &checks),
        target,
        process: None,
        checks,
        is_recorded_instance: states.instance == InstanceState::Proven,
        standstill: None,
        elapsed: started.elapsed(),
    }
}

/// The report of a probe, with the process that it is about.
///
/// The process stays pinned as long as this value lives: it can be signalled or waited
/// for, and its PID is never mistaken for that of another process. Linux: by
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html). The
/// connection is closed, unless [`crate::Probe::keep_connection`] asks to keep it.
#[derive(Debug)]
pub struct ProbeReport {
    pub(super) report: Report,
    pub(super) findings: Vec<Finding>,
    pub(super) is_from_here: bool,
    pub(super) is_gone: bool,
    pub(super) expected: Option<Expected>,
    pub(super) file: Option<RecordFile>,
    /// The owner of the file.
    pub(super) owner: Option<UserId>,
    /// The digests of the run that the probe was part of.
    pub(super) digests: Arc<ImageDigests>,
    /// What the caller required of the process.
    pub(super) requirements: Requirements,
    pub(super) held: Held,
}

/// The file that names a daemon: a record, or the identity file beside a manifest.
#[derive(Clone, Debug)]
pub(crate) struct RecordFile {
    pub(crate) path: PathBuf,
    /// The file that was read.
    pub(crate) stat: FileStat,
}

impl RecordFile {
    pub(super) fn from_record(record: &Record) -> Option<Self> {
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

    /// Reports that there is no record of a service, and no file `label` either, if the name
    /// could be that of a file. Nothing was probed.
    #[must_use]
    pub fn no_record(
        label: Option<&str>,
        service_name: &str,
        service_version: Option<&str>,
    ) -> Self {
        let version = service_version.map_or_else(String::new, |version| format!("@{version}"));
        let detail = match label {
            Some(label) => format!(
                "there is neither a file {label} nor a record of the service \
                 {service_name}{version}"
            ),
            None => format!("there is no record of the service {service_name}{version}"),
        };
        let (state, check) = checks::missing(detail);
        let target = Target {
            record: label.map(str::to_owned),
            service_name: Some(service_name.to_owned()),
            service_version: service_version.map(str::to_owned),
            ..Target::default()
        };
        untouched(state, check, target, Instant::now())
    }

    /// Returns the report alone, and releases the process.
    #[must_use]
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Returns the recorded identity, if the record names that of a daemon.
    #[must_use]
    pub fn identity(&self) -> Option<&DaemonProcess> {
        self.expected.as_ref()?.daemon()
    }

    /// Returns the process record, if the record is one.
    #[must_use]
    pub fn process_record(&self) -> Option<&ProcessRecord> {
        self.expected.as_ref()?.process()
    }

    /// Records the process of the report, as [`ProcessRecord::from_pid`] does. It is the pinned
    /// process that was examined, even if its number was reused since.
    ///
    /// # Errors
    ///
    /// [`CaptureError`]; [`CaptureError::NoSuchProcess`] if the recorded process is not alive.
    pub fn to_process_record(&self) -> Result<ProcessRecord, CaptureError> {
        match &self.held.process {
            Some(process) => ProcessRecord::of_pinned(process),
            None => Err(CaptureError::NoSuchProcess {
                pid: self.report.target.pid.unwrap_or_default(),
            }),
        }
    }

    /// Returns the number and the file as it was read, if the record is a PID file.
    #[must_use]
    pub fn number(&self) -> Option<(PidFile, FileStat)> {
        let number = self.expected.as_ref()?.number()?;
        Some((number, self.file.as_ref()?.stat))
    }

    pub(crate) fn expected(&self) -> Option<&Expected> {
        self.expected.as_ref()
    }

    /// Returns whether the recorded daemon is proven to be gone, even if another one answers
    /// in its place. Any other verdict than [`Verdict::NotRunning`] is then about that one.
    #[must_use]
    pub fn is_proven_gone(&self) -> bool {
        self.is_gone
    }

    /// Returns whether the record proves to be from this host and PID namespace, or from a
    /// PID namespace of this host that is gone.
    pub(crate) fn is_from_here(&self) -> bool {
        self.is_from_here
    }

    /// Returns the file that names the daemon; `None` for an identity from memory.
    pub(crate) fn file(&self) -> Option<&RecordFile> {
        self.file.as_ref()
    }

    /// Returns the recorded process, if it is alive.
    pub(crate) fn process(&self) -> Option<&PinnedProcess> {
        self.held.process.as_ref()
    }

    /// Splits into the report, the recorded identity and its process. Gives `self` back
    /// if the process is not alive.
    pub(crate) fn into_parts(mut self) -> Result<(Report, Expected, PinnedProcess), Box<Self>> {
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

    /// Returns the report as plain data.
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
