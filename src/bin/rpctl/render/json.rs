//! JSON: the documents of every result, and how they are written.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use rpctl::{Check, LiveProcess, Reason, Standstill, Target, Verdict};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::action::{Action, ActionReport};
use super::findings::{Findings, Layout};
use super::origin::Origin;
use super::prune_report::{PruneEntry, PruneOutcome, PruneReport};
use super::recorded::RecordedDaemon;
use super::results::{Diagnosis, ErrorReport, RecordFault};
use super::{sanitize, units};
use crate::exit_code::{ExitCode, ExitStyle};

/// The version of the interface. Keys keep their order; a change of the interface adds
/// keys, and never removes or renames one.
const SCHEMA_VERSION: u32 = 1;

/// A result, after the keys that every document begins with.
#[derive(Serialize)]
struct JsonDocument<'c, 'o, T> {
    schema_version: u32,
    command: Option<&'c str>,
    exit_code: u8,
    time: String,
    rpctl_version: &'static str,
    hostname: &'o str,
    #[serde(flatten)]
    result: T,
}

/// Returns the document with the keys of `result`.
pub(super) fn document<'c>(
    origin: &Origin,
    command: impl Into<Option<&'c str>>,
    exit_code: u8,
    result: impl Serialize,
) -> impl Serialize {
    JsonDocument {
        schema_version: SCHEMA_VERSION,
        command: command.into(),
        exit_code,
        time: origin.time(),
        rpctl_version: Origin::VERSION,
        hostname: &origin.hostname,
        result,
    }
}

/// One report, or a list of them. The exit code of a list is that of the worst verdict.
#[derive(Serialize)]
#[serde(untagged)]
enum FindingsObject<'a> {
    Report(#[serde(serialize_with = "write_report")] Box<Diagnosis>),
    Reports {
        #[serde(serialize_with = "write_reports")]
        reports: &'a Findings<'a>,
    },
}

fn write_report<S: Serializer>(diagnosis: &Diagnosis, serializer: S) -> Result<S::Ok, S::Error> {
    ReportObject::from(diagnosis).serialize(serializer)
}

/// Writes the reports one after the other, so that the objects of all are never in memory.
fn write_reports<S: Serializer>(findings: &Findings<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(findings.diagnoses.len()))?;
    for one in findings.diagnoses.iter() {
        list.serialize_element(&ListedReport {
            exit_code: exit_code(findings.style, &one),
            report: (&one).into(),
        })?;
    }
    list.end()
}

#[derive(Serialize)]
struct ListedReport<'a> {
    exit_code: u8,
    #[serde(flatten)]
    report: ReportObject<'a>,
}

pub(super) fn findings(findings: &Findings<'_>, origin: &Origin) -> impl Serialize {
    let result = match (findings.diagnoses.only(), findings.layout) {
        (Some(one), Layout::ByCount) => FindingsObject::Report(Box::new(one)),
        _ => FindingsObject::Reports { reports: findings },
    };
    document(origin, findings.command, findings.exit_code(), result)
}

fn exit_code(style: ExitStyle, diagnosis: &Diagnosis) -> u8 {
    style.number((&diagnosis.report).into())
}

/// Returns the document with a single report.
pub(super) fn single_report(
    origin: &Origin,
    command: &str,
    style: ExitStyle,
    diagnosis: &Diagnosis,
) -> impl Serialize {
    document(
        origin,
        command,
        exit_code(style, diagnosis),
        ReportObject::from(diagnosis),
    )
}

/// The keys of a report.
#[derive(Serialize)]
struct ReportObject<'a> {
    verdict: Verdict,
    reason: Option<Reason>,
    summary: &'a str,
    hints: &'a [String],
    target: &'a Target,
    process: Option<ProcessObject<'a>>,
    checks: &'a [Check],
    elapsed_us: u64,
    standstill: Option<&'a Standstill>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waited_us: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject<'a>>,
}

impl<'a> From<&'a Diagnosis> for ReportObject<'a> {
    fn from(diagnosis: &'a Diagnosis) -> Self {
        let report = &diagnosis.report;
        Self {
            verdict: report.verdict,
            reason: report.reason,
            summary: &report.summary,
            hints: &diagnosis.hints,
            target: &report.target,
            process: report.process.as_ref().map(ProcessObject::from),
            checks: &report.checks,
            elapsed_us: units::micros(report.elapsed),
            standstill: report.standstill.as_ref(),
            waited_us: diagnosis.waited.map(units::micros),
            action: None,
            error: diagnosis.error.as_ref().map(ErrorObject::from),
        }
    }
}

/// `"process"` in reports: the values of [`LiveProcess`], with the time as a date.
#[derive(Serialize)]
struct ProcessObject<'a> {
    pid: u32,
    user: Option<&'a str>,
    started_at: Option<String>,
    exe: Option<Cow<'a, str>>,
}

impl<'a> From<&'a LiveProcess> for ProcessObject<'a> {
    fn from(process: &'a LiveProcess) -> Self {
        Self {
            pid: process.pid,
            user: process.user.as_deref(),
            started_at: process.started_at_unix_ms.and_then(units::moment),
            exe: process.exe.as_deref().map(Path::to_string_lossy),
        }
    }
}

/// Returns the document with a report and the action that is based on it.
pub(super) fn action(report: &ActionReport<'_>, origin: &Origin) -> impl Serialize {
    let action = report.action;
    let result = ReportObject {
        summary: &action.summary,
        hints: &action.hints,
        action: Some(action),
        ..report.diagnosis.into()
    };
    document(origin, report.command, action.code.number(), result)
}

/// `"error"` in documents.
#[derive(Serialize)]
struct ErrorObject<'a> {
    kind: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [String],
}

impl<'a> From<&'a RecordFault> for ErrorObject<'a> {
    fn from(error: &'a RecordFault) -> Self {
        Self {
            kind: error.kind,
            message: &error.message,
            candidates: &error.candidates,
        }
    }
}

/// The keys of an error that leaves nothing to report on.
#[derive(Serialize)]
struct ErrorResult<'a> {
    hints: [&'a str; 1],
    error: ErrorObject<'a>,
}

pub(super) fn error(error: &ErrorReport, origin: &Origin) -> impl Serialize {
    let result = ErrorResult {
        hints: [&error.hint],
        error: ErrorObject {
            kind: &error.kind,
            message: &error.message,
            candidates: &error.candidates,
        },
    };
    document(origin, error.command.as_deref(), error.exit_code, result)
}

/// The keys of a registry that was pruned.
#[derive(Serialize)]
struct PruneObject<'a> {
    dry_run: bool,
    pruned: Vec<&'a PruneEntry>,
    kept: Vec<&'a PruneEntry>,
}

pub(super) fn prune(report: &PruneReport, origin: &Origin) -> impl Serialize {
    let is_pruned = |entry: &&PruneEntry| matches!(entry.outcome, PruneOutcome::Pruned { .. });
    let (pruned, kept) = report.entries.iter().partition(is_pruned);
    let result = PruneObject {
        dry_run: report.dry_run,
        pruned,
        kept,
    };
    document(origin, "prune", report.code().number(), result)
}

/// The keys of a process that was recorded.
#[derive(Serialize)]
struct RecordedObject<'a> {
    hints: &'a [String],
    recorded: &'a RecordedDaemon,
}

pub(super) fn recorded(recorded: &RecordedDaemon, origin: &Origin) -> impl Serialize {
    let result = RecordedObject {
        hints: &recorded.hints,
        recorded,
    };
    document(origin, "record", ExitCode::Proven.number(), result)
}

/// Returns a document in indented lines.
pub(crate) fn json_document(document: &impl Serialize) -> String {
    // Plain data in memory: serialising it cannot fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}

/// Writes a document in indented lines, or on one line.
pub(crate) fn write_json(
    document: &impl Serialize,
    is_one_line: bool,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let mut writer = sanitize::JsonWriter::new(out);
    let written = if is_one_line {
        serde_json::to_writer(&mut writer, document)
    } else {
        serde_json::to_writer_pretty(&mut writer, document)
    };
    written.map_err(|_| fmt::Error)?;
    writer.finish()?;
    out.write_char('\n')
}

/// Returns a document on one line, so that documents can follow each other.
pub(crate) fn json_line(document: &impl Serialize) -> String {
    let text = serde_json::to_string(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}
