//! The documents with any number of reports.

use serde::Serialize;

use super::report::{ReportObject, single_report};
use super::text::SCHEMA_VERSION;
use crate::render::findings::{Findings, Layout};

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
