//! NDJSON: a JSON document per line and record, for programs that read a stream.

use std::fmt;

use super::document::Renderer;
use super::findings::Findings;
use super::json::{self, json_line};
use super::origin::Origin;
use super::results::ErrorReport;

/// The format of which each line is the JSON document about one record.
pub(crate) struct Ndjson;

impl Renderer for Ndjson {
    fn findings(
        &self,
        findings: &Findings<'_>,
        origin: &Origin,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let (command, style) = (findings.command, findings.style);
        findings.diagnoses.iter().try_for_each(|one| {
            let document = json::single_report(origin, command, style, &one);
            out.write_str(&json_line(&document))
        })
    }

    fn error(&self, error: &ErrorReport, origin: &Origin) -> String {
        json_line(&json::error(error, origin))
    }
}
