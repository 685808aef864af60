//! How a document is written.

use serde::Serialize;

use crate::render::sanitize;

/// The version of the interface. Keys keep their order; a change of the interface adds
/// keys, and never removes or renames one.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// Returns a document in indented lines.
pub(crate) fn json_document(document: &impl Serialize) -> String {
    // Plain data in memory: serialising it cannot fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}

/// Returns a document on one line, so that documents can follow each other.
pub(crate) fn json_line(document: &impl Serialize) -> String {
    let text = serde_json::to_string(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}
