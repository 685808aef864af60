//! JSON, a line for each record: for programs that read as they go.

use super::findings::{Findings, Renderer, Trouble};
use super::json::report::{ErrorDocument, ReportDocument};
use super::json::text::render_line;

/// Each line is what JSON says of one record alone.
pub(crate) struct Ndjson;

impl Renderer for Ndjson {
    fn findings(&self, findings: &Findings<'_>) -> String {
        let line = |one| {
            render_line(&ReportDocument::alone(
                findings.command,
                findings.style,
                one,
            ))
        };
        findings.diagnoses.iter().map(line).collect()
    }

    fn trouble(&self, trouble: &Trouble<'_>) -> String {
        render_line(&ErrorDocument::from(trouble))
    }
}
