//! JSON records: which of the two shapes it is, and where an error stands.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::load::{Content, Format, LoadError};
use super::schema::{CacheManifest, DaemonProcessMessage};
use super::sidecar::{DISTINGUISHING_KEY, Sidecar};

/// Longest excerpt of a faulty line, in characters.
const EXCERPT_CHARS: usize = 60;

pub(super) fn parse(bytes: &[u8]) -> Result<(Format, Content), LoadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, &error))?;
    let keys: BTreeMap<String, IgnoredAny> =
        serde_json::from_str(text).map_err(|error| located(text, &error))?;
    if keys.contains_key(DISTINGUISHING_KEY) {
        let sidecar: Sidecar = serde_json::from_str(text).map_err(|error| located(text, &error))?;
        let message = DaemonProcessMessage::from(sidecar);
        Ok((Format::SidecarJson, Content::Daemon(message)))
    } else {
        let manifest: CacheManifest =
            serde_json::from_str(text).map_err(|error| located(text, &error))?;
        Ok((Format::ManifestJson, Content::Manifest(Box::new(manifest))))
    }
}

fn not_utf8(bytes: &[u8], error: &std::str::Utf8Error) -> LoadError {
    let before = &bytes[..error.valid_up_to()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    LoadError::Json {
        line,
        column: before.len() - line_start + 1,
        message: "invalid UTF-8".to_owned(),
        excerpt: String::from_utf8_lossy(&before[line_start..])
            .chars()
            .take(EXCERPT_CHARS)
            .collect(),
    }
}

fn located(text: &str, error: &serde_json::Error) -> LoadError {
    let rendered = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let line = text
        .lines()
        .nth(error.line().saturating_sub(1))
        .unwrap_or_default();
    LoadError::Json {
        line: error.line(),
        column: error.column(),
        message: rendered
            .strip_suffix(&suffix)
            .unwrap_or(&rendered)
            .to_owned(),
        excerpt: excerpt(line, error.column()),
    }
}

/// The part of a line around a column, so that a one-line file stays readable.
fn excerpt(line: &str, column: usize) -> String {
    let at = line
        .char_indices()
        .take_while(|(offset, _)| *offset < column)
        .count();
    let start = at.saturating_sub(EXCERPT_CHARS / 2);
    let shown: String = line.chars().skip(start).take(EXCERPT_CHARS).collect();
    shown.trim().to_owned()
}
