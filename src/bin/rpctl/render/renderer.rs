//! The interface of the formats that consist of verdicts alone.

use super::error_report::ErrorReport;
use super::findings::Findings;

/// A format for verdicts and errors, and for no other result. One file holds one format.
pub(crate) trait Renderer {
    /// Returns the text for any number of diagnoses.
    fn findings(&self, findings: &Findings<'_>) -> String;

    /// Returns the text for an error that leaves nothing to report on.
    fn error(&self, error: &ErrorReport) -> String;
}
