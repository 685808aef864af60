//! JSON: one document, ending in a newline.

use serde::Serialize;

use super::report::{ErrorDocument, ReportDocument, ReportsDocument};
use crate::render::findings::{Findings, Layout, Renderer, Trouble};
use crate::render::sanitize;

/// For programs; `report.schema.json` describes it.
pub(crate) struct Json {
    /// For documents that follow each other.
    pub(crate) one_line: bool,
}

impl Renderer for Json {
    fn findings(&self, findings: &Findings<'_>) -> String {
        match (findings.diagnoses, findings.layout) {
            ([one], Layout::ByCount) => self.render(&ReportDocument::alone(
                findings.command,
                findings.style,
                one,
            )),
            _ => self.render(&ReportsDocument::from(findings)),
        }
    }

    fn trouble(&self, trouble: &Trouble<'_>) -> String {
        self.render(&ErrorDocument::from(trouble))
    }
}

impl Json {
    fn render(&self, document: &impl Serialize) -> String {
        if self.one_line {
            render_line(document)
        } else {
            render(document)
        }
    }
}

pub(crate) fn render(document: &impl Serialize) -> String {
    // Plain data in memory: serialising it cannot fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}

/// The same on one line, for documents that follow each other.
pub(crate) fn render_line(document: &impl Serialize) -> String {
    let text = serde_json::to_string(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}
