//! NDJSON: a JSON document per line and record, for programs that read a stream.

use super::document::Renderer;
use super::json::{self, json_line};
use super::origin::Origin;
use super::results::{ErrorReport, Findings};

/// The format of which each line is the JSON document about one record.
pub(crate) struct Ndjson;

impl Renderer for Ndjson {
    fn findings(&self, findings: &Findings<'_>, origin: &Origin) -> String {
        let line = |one| {
            let document = json::single_report(origin, findings.command, findings.style, one);
            json_line(&document)
        };
        findings.diagnoses.iter().map(line).collect()
    }

    fn error(&self, error: &ErrorReport, origin: &Origin) -> String {
        json_line(&json::error(error, origin))
    }
}
