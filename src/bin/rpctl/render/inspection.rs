//! The result of validating a record.

use rpctl::Target;
use rpctl::record::{Content, Finding};
use serde::Serialize;

use crate::exit_code::ExitCode;

/// A record with the faults that were found in it.
#[derive(Debug, Serialize)]
pub(crate) struct Inspection<'a> {
    #[serde(skip)]
    pub(crate) code: ExitCode,
    pub(crate) summary: String,
    /// What to do next.
    pub(crate) hints: Vec<String>,
    pub(crate) target: Target,
    pub(crate) size_bytes: u64,
    pub(crate) findings: &'a [Finding],
    /// The fields of the record.
    pub(crate) record: &'a Content,
}
