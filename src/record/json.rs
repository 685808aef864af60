//! Records in JSON: recognising the shape, and locating errors.

use super::error::{LoadError, MAX_ELEMENTS};
use super::json_keys::Keys;
use super::lenient;
use super::record::{Content, Format};
use super::schema::{CacheManifest, names_a_schema};
use super::sidecar::Sidecar;
use crate::process::{self, ProcessRecord};

/// Maximum length of an excerpt of a faulty line, in characters.
const EXCERPT_CHARS: usize = 60;

pub(super) fn parse(bytes: &[u8]) -> Result<(Format, Content), LoadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, &error))?;
    let keys: Keys = serde_json::from_str(text).map_err(|error| located(text, &error))?;
    let version = keys.media_type.as_deref();
    let version = version.and_then(process::process_record_version);
    if let Some(version) = version {
        if version != 1 {
            return Err(LoadError::UnsupportedVersion(version));
        }
        let record: ProcessRecord =
            serde_json::from_str(text).map_err(|error| located(text, &error))?;
        if record.listeners.len() > MAX_ELEMENTS {
            return Err(LoadError::TooManyElements("listeners".to_owned()));
        }
        return Ok((Format::ProcessRecord, Content::Process(Box::new(record))));
    }
    if keys.is_of_sidecar {
        let sidecar: Sidecar = serde_json::from_str(text).map_err(|error| located(text, &error))?;
        Ok((Format::SidecarJson, sidecar.into()))
    } else {
        let manifest: CacheManifest =
            serde_json::from_str(text).map_err(|error| located(text, &error))?;
        let schema = &manifest.broker_envelope_version;
        if names_a_schema(schema) && schema != "v1" {
            return Err(LoadError::UnsupportedSchema(schema.clone()));
        }
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
    let column = before.len() - line_start + 1;
    let rest = bytes[line_start..].split(|byte| *byte == b'\n').next();
    LoadError::Json {
        line,
        column,
        message: "invalid UTF-8".to_owned(),
        excerpt: excerpt(&String::from_utf8_lossy(rest.unwrap_or_default()), column),
    }
}

fn located(text: &str, error: &serde_json::Error) -> LoadError {
    let rendered = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let message = rendered.strip_suffix(&suffix).unwrap_or(&rendered);
    let (line, column) = if error.is_eof() {
        end_of(text)
    } else {
        // serde_json counts 0 before it has read a character of the line.
        (error.line(), error.column().max(1))
    };
    if message == lenient::TOO_MANY {
        return LoadError::TooManyElements(format!("line {line}, column {column}"));
    }
    let shown = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    LoadError::Json {
        line,
        column,
        message: in_words_of_json(message),
        excerpt: excerpt(shown, column),
    }
}

/// Returns line and column of the last character that is not white space, for an
/// error at the end of the text.
fn end_of(text: &str) -> (usize, usize) {
    let written = text.trim_end();
    let last = written.lines().last().unwrap_or_default();
    (written.lines().count().max(1), last.len().max(1))
}

/// Replaces the terms of Rust in a message of serde by those of JSON.
fn in_words_of_json(message: &str) -> String {
    const WORDS: [(&str, &str); 5] = [
        ("invalid type: sequence", "invalid type: array"),
        ("invalid type: map", "invalid type: object"),
        (", expected a sequence", ", expected an array"),
        (", expected a map", ", expected an object"),
        (", expected u8", ", expected a number from 0 to 255"),
    ];
    WORDS.iter().fold(message.to_owned(), |text, (from, to)| {
        text.replace(from, to)
    })
}

/// Returns the part of a line around a column. A file may be one long line.
fn excerpt(line: &str, column: usize) -> String {
    let at = line
        .char_indices()
        .take_while(|(offset, _)| *offset < column)
        .count();
    let most = line.chars().count().saturating_sub(EXCERPT_CHARS);
    let start = at.saturating_sub(EXCERPT_CHARS / 2).min(most);
    let shown: String = line.chars().skip(start).take(EXCERPT_CHARS).collect();
    shown.trim().to_owned()
}
