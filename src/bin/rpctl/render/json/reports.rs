//! The documents with reports and errors.

use rpctl::control::ExitStatus;
use rpctl::record::LoadError;
use rpctl::{Check, Reason, Target, Verdict};
use serde::{Serialize, Serializer};

use super::text::SCHEMA_VERSION;
use crate::exit_code::ExitStyle;
use crate::render::action::{Action, ActionOutcome, ActionReport, status_text};
use crate::render::error_report::ErrorReport;
use crate::render::findings::{Diagnosis, Findings, Layout};

/// One report, or a list of them.
#[derive(Serialize)]
#[serde(untagged)]
enum FindingsDocument<'a> {
    Report(Box<ReportObject<'a>>),
    Reports(ReportsDocument<'a>),
}

/// Several reports. The exit code is that of the worst verdict.
#[derive(Serialize)]
struct ReportsDocument<'a> {
    schema_version: u32,
    command: &'a str,
    exit_code: u8,
    reports: Vec<ReportObject<'a>>,
}

pub(in crate::render) fn findings<'a>(findings: &Findings<'a>) -> impl Serialize + use<'a> {
    let Findings { command, style, .. } = *findings;
    match (findings.diagnoses, findings.layout) {
        ([one], Layout::ByCount) => {
            FindingsDocument::Report(Box::new(single_report(command, style, one)))
        }
        (several, _) => FindingsDocument::Reports(ReportsDocument {
            schema_version: SCHEMA_VERSION,
            command,
            exit_code: findings.exit_code(),
            reports: several
                .iter()
                .map(|one| ReportObject::new(style, one))
                .collect(),
        }),
    }
}

/// A report, as a document or in a list.
#[derive(Serialize)]
pub(in crate::render) struct ReportObject<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<&'a str>,
    exit_code: u8,
    verdict: Verdict,
    reason: Option<Reason>,
    summary: &'a str,
    hints: &'a [String],
    target: &'a Target,
    checks: &'a [Check],
    elapsed_us: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<ActionObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject<'a>>,
}

impl<'a> ReportObject<'a> {
    /// Creates the object for a list.
    fn new(style: ExitStyle, diagnosis: &'a Diagnosis) -> Self {
        let Diagnosis {
            report,
            hints,
            error,
        } = diagnosis;
        Self {
            schema_version: None,
            command: None,
            exit_code: style.number(report.into()),
            verdict: report.verdict,
            reason: report.reason,
            summary: &report.summary,
            hints,
            target: &report.target,
            checks: &report.checks,
            elapsed_us: u64::try_from(report.elapsed.as_micros()).unwrap_or(u64::MAX),
            action: None,
            error: error.as_ref().map(ErrorObject::from),
        }
    }
}

/// Returns the document with a single report.
pub(in crate::render) fn single_report<'a>(
    command: &'a str,
    style: ExitStyle,
    diagnosis: &'a Diagnosis,
) -> ReportObject<'a> {
    ReportObject {
        schema_version: Some(SCHEMA_VERSION),
        command: Some(command),
        ..ReportObject::new(style, diagnosis)
    }
}

/// Returns the document with a report and the action that is based on it.
pub(in crate::render) fn action<'a>(report: &ActionReport<'a>) -> ReportObject<'a> {
    let ActionReport {
        command,
        diagnosis,
        action,
    } = *report;
    ReportObject {
        exit_code: action.code.number(),
        summary: &action.summary,
        hints: &action.hints,
        action: Some(action.into()),
        ..single_report(command, ExitStyle::default(), diagnosis)
    }
}

/// `"action"` in documents.
#[derive(Serialize)]
struct ActionObject<'a> {
    outcome: ActionOutcome,
    signal: Option<&'static str>,
    waited_us: Option<u64>,
    #[serde(serialize_with = "exit_status")]
    exit_status: Option<ExitStatus>,
    removed: &'a [String],
}

impl<'a> From<&'a Action> for ActionObject<'a> {
    fn from(action: &'a Action) -> Self {
        Self {
            outcome: action.outcome,
            signal: action.signal,
            waited_us: action
                .waited
                .map(|waited| u64::try_from(waited.as_micros()).unwrap_or(u64::MAX)),
            exit_status: action.exit_status,
            removed: &action.removed,
        }
    }
}

/// Writes a number for a code, a name for a signal.
fn exit_status<S: Serializer>(
    status: &Option<ExitStatus>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match status {
        None => serializer.serialize_none(),
        Some(ExitStatus::Code(code)) => serializer.serialize_i32(*code),
        Some(signal) => serializer.serialize_str(&status_text(*signal)),
    }
}

/// `"error"` in documents.
#[derive(Serialize)]
struct ErrorObject<'a> {
    kind: &'a str,
    message: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [String],
}

impl From<&LoadError> for ErrorObject<'_> {
    fn from(error: &LoadError) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
            candidates: &[],
        }
    }
}

/// An error that leaves nothing to report on.
#[derive(Serialize)]
struct ErrorDocument<'a> {
    schema_version: u32,
    command: Option<&'a str>,
    exit_code: u8,
    hints: [&'a str; 1],
    error: ErrorObject<'a>,
}

pub(in crate::render) fn error(error: &ErrorReport) -> impl Serialize {
    ErrorDocument {
        schema_version: SCHEMA_VERSION,
        command: error.command.as_deref(),
        exit_code: error.exit_code,
        hints: [&error.hint],
        error: ErrorObject {
            kind: &error.kind,
            message: error.message.clone(),
            candidates: &error.candidates,
        },
    }
}
