//! JSON: one document, ending in a newline.

use serde::Serialize;

use super::sanitize;

pub(super) fn render(document: &impl Serialize) -> String {
    // Plain data in memory: serialising it cannot fail.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    format!("{}\n", sanitize::json(&text))
}
