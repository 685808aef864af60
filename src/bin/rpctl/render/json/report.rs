//! The documents of the JSON interface. Keys keep their order; a change may add
//! keys, never remove or rename one.

use std::path::PathBuf;

use rpctl::Target;
use rpctl::record::{CacheManifest, Content, DaemonProcessMessage, Finding};
use rpctl::{Check, Endpoint, Reason, Report, Verdict};
use serde::{Deserialize, Serialize};

use crate::exit_code::ExitStyle;
use crate::failure::Failure;
use crate::render::action::Action;
use crate::render::findings::{Findings, Trouble};

/// Version of the interface.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// What was found about one record.
#[derive(Debug)]
pub(crate) struct Diagnosis {
    pub(crate) report: Report,
    /// Why the record could not be read.
    pub(crate) error: Option<Failure>,
}

/// One report, alone or in a list.
#[derive(Serialize)]
pub(crate) struct ReportDocument<'a> {
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
    action: Option<&'a Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject<'a>>,
}

impl<'a> ReportDocument<'a> {
    pub(crate) fn alone(command: &'a str, style: ExitStyle, diagnosis: &'a Diagnosis) -> Self {
        Self {
            schema_version: Some(SCHEMA_VERSION),
            command: Some(command),
            ..Self::in_a_list(style, &diagnosis.report, diagnosis.error.as_ref())
        }
    }

    pub(crate) fn with_action(
        command: &'a str,
        report: &'a Report,
        action: &'a Action,
        error: Option<&'a Failure>,
    ) -> Self {
        Self {
            schema_version: Some(SCHEMA_VERSION),
            command: Some(command),
            exit_code: action.code.number(),
            summary: &action.summary,
            hints: &action.hints,
            action: Some(action),
            ..Self::in_a_list(ExitStyle::default(), report, error)
        }
    }

    fn in_a_list(style: ExitStyle, report: &'a Report, error: Option<&'a Failure>) -> Self {
        Self {
            schema_version: None,
            command: None,
            exit_code: style.number(report.into()),
            verdict: report.verdict,
            reason: report.reason,
            summary: &report.summary,
            hints: &report.hints,
            target: &report.target,
            checks: &report.checks,
            elapsed_us: u64::try_from(report.elapsed.as_micros()).unwrap_or(u64::MAX),
            action: None,
            error: error.map(|failure| ErrorObject {
                kind: failure.kind,
                message: &failure.message,
                candidates: &failure.candidates,
            }),
        }
    }
}

/// Several reports; the exit code is that of the worst.
#[derive(Serialize)]
pub(crate) struct ReportsDocument<'a> {
    schema_version: u32,
    command: &'a str,
    exit_code: u8,
    reports: Vec<ReportDocument<'a>>,
}

impl<'a> From<&Findings<'a>> for ReportsDocument<'a> {
    fn from(findings: &Findings<'a>) -> Self {
        let style = findings.style;
        Self {
            schema_version: SCHEMA_VERSION,
            command: findings.command,
            exit_code: findings.exit_code(),
            reports: findings
                .diagnoses
                .iter()
                .map(|one| ReportDocument::in_a_list(style, &one.report, one.error.as_ref()))
                .collect(),
        }
    }
}

/// `"error"` in documents.
#[derive(Serialize)]
struct ErrorObject<'a> {
    kind: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [String],
}

/// An error, where there is nothing to report on.
#[derive(Serialize)]
pub(crate) struct ErrorDocument<'a> {
    schema_version: u32,
    command: Option<&'a str>,
    exit_code: u8,
    hints: Vec<&'a str>,
    error: ErrorObject<'a>,
}

impl<'a> From<&Trouble<'a>> for ErrorDocument<'a> {
    fn from(trouble: &Trouble<'a>) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            command: trouble.command,
            exit_code: trouble.exit_code,
            hints: trouble.hint.into_iter().collect(),
            error: ErrorObject {
                kind: trouble.kind,
                message: trouble.message,
                candidates: trouble.candidates,
            },
        }
    }
}

#[derive(Serialize)]
pub(crate) struct InspectDocument<'a> {
    pub(crate) schema_version: u32,
    pub(crate) command: &'a str,
    pub(crate) exit_code: u8,
    pub(crate) summary: String,
    pub(crate) hints: Vec<String>,
    pub(crate) target: Target,
    pub(crate) size_bytes: u64,
    pub(crate) findings: &'a [Finding],
    pub(crate) manifest: Recorded<'a>,
}

/// What a record says, as it is shown.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Recorded<'a> {
    Manifest(&'a CacheManifest),
    Daemon(&'a DaemonProcessMessage),
}

impl<'a> From<&'a Content> for Recorded<'a> {
    fn from(content: &'a Content) -> Self {
        match content {
            Content::Manifest(manifest) => Self::Manifest(manifest),
            Content::Daemon(daemon) => Self::Daemon(daemon),
        }
    }
}

/// What `spawn-self` prints, and what the daemon tells the process that started
/// it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SpawnDocument {
    pub(crate) schema_version: u32,
    pub(crate) command: String,
    pub(crate) exit_code: u8,
    pub(crate) daemon: DaemonDocument,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct DaemonDocument {
    pub(crate) service_name: String,
    pub(crate) service_version: String,
    pub(crate) pid: u32,
    pub(crate) endpoint: EndpointDocument,
    /// `None` when the record went to standard output.
    pub(crate) manifest: Option<PathBuf>,
    pub(crate) sidecar: Option<PathBuf>,
    pub(crate) idle_timeout_secs: u32,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct EndpointDocument {
    pub(crate) namespace_id: String,
    pub(crate) path: String,
}

impl From<&Endpoint> for EndpointDocument {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            namespace_id: endpoint.namespace_id.clone(),
            path: endpoint.path.clone(),
        }
    }
}
