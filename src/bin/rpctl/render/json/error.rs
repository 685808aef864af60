//! An error as an object, and as a document of its own.

use rpctl::record::LoadError;
use serde::Serialize;

use super::text::SCHEMA_VERSION;
use crate::render::error_report::ErrorReport;

/// `"error"` in documents.
#[derive(Serialize)]
pub(super) struct ErrorObject<'a> {
    kind: &'a str,
    message: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [String],
}

impl From<&LoadError> for ErrorObject<'_> {
    fn from(error: &LoadError) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
            candidates: &[],
        }
    }
}

/// An error that leaves nothing to report on.
#[derive(Serialize)]
struct ErrorDocument<'a> {
    schema_version: u32,
    command: Option<&'a str>,
    exit_code: u8,
    hints: [&'a str; 1],
    error: ErrorObject<'a>,
}

pub(in crate::render) fn error(error: &ErrorReport) -> impl Serialize {
    ErrorDocument {
        schema_version: SCHEMA_VERSION,
        command: error.command.as_deref(),
        exit_code: error.exit_code,
        hints: [&error.hint],
        error: ErrorObject {
            kind: &error.kind,
            message: error.message.clone(),
            candidates: &error.candidates,
        },
    }
}
