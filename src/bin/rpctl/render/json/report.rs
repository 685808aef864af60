//! A report as an object.

use rpctl::{Check, Reason, Target, Verdict};
use serde::Serialize;

use super::action::ActionObject;
use super::error::ErrorObject;
use super::text::SCHEMA_VERSION;
use crate::exit_code::ExitStyle;
use crate::render::action::ActionReport;
use crate::render::findings::Diagnosis;

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
    pub(super) fn new(style: ExitStyle, diagnosis: &'a Diagnosis) -> Self {
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
