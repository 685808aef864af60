//! The results that commands show: plain values.

use std::borrow::Cow;
use std::time::Duration;

use rpctl::record::{Content, Finding, LoadError};
use rpctl::{Endpoint, Report, Target};
use serde::{Deserialize, Serialize};

use super::sanitize;
use crate::exit_code::ExitCode;

/// The report on one record, with everything that is shown beside it.
#[derive(Debug)]
pub(crate) struct Diagnosis {
    pub(crate) report: Report,
    /// What to do next.
    pub(crate) hints: Vec<String>,
    /// Why the record could not be read.
    pub(crate) error: Option<RecordFault>,
    /// How long the command waited for its daemons, if it had to.
    pub(crate) waited: Option<Duration>,
}

/// The reason why a record could not be read.
#[derive(Clone, Debug)]
pub(crate) struct RecordFault {
    /// A stable code in `snake_case`.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    /// What the user may have meant.
    pub(crate) candidates: Vec<String>,
    /// Whether the record is sound, and of a schema that is another tool's.
    pub(crate) is_other_schema: bool,
}

impl From<&LoadError> for RecordFault {
    fn from(error: &LoadError) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
            candidates: Vec::new(),
            is_other_schema: matches!(error, LoadError::UnsupportedSchema(_)),
        }
    }
}

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

/// A daemon that was started, and the files that belong to it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SpawnedDaemon {
    pub(crate) service_name: String,
    pub(crate) service_version: String,
    pub(crate) pid: u32,
    pub(crate) endpoint: Endpoint,
    /// `None` if the record goes to standard output.
    pub(crate) record: Option<String>,
    pub(crate) sidecar: Option<String>,
    pub(crate) idle_timeout_secs: u32,
}

/// An error that ended a command, or one round of it, without a result.
#[derive(Clone, Debug)]
pub(crate) struct ErrorReport {
    /// `None` if the command line could not be parsed.
    pub(crate) command: Option<String>,
    pub(crate) code: ExitCode,
    /// The number that the process exits with.
    pub(crate) exit_code: u8,
    /// A stable code in `snake_case`.
    pub(crate) kind: Cow<'static, str>,
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: String,
    /// What the user may have meant.
    pub(crate) candidates: Vec<String>,
}

impl ErrorReport {
    /// Returns the lines with what the user may have meant: a choice is one to a line.
    pub(super) fn candidates(&self) -> Vec<String> {
        let candidates = self.candidates.iter();
        let candidates: Vec<String> = candidates.map(|one| sanitize::line(one)).collect();
        match candidates.as_slice() {
            [_, ..] if self.code == ExitCode::InvalidRecord => {
                vec![format!("did you mean: {}", candidates.join(", "))]
            }
            _ => candidates,
        }
    }

    /// Returns the lines for standard error.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![format!("rpctl: {}", sanitize::line(&self.message))];
        lines.extend(self.candidates().iter().map(|line| format!("  {line}")));
        lines.push(format!("  next: {}", sanitize::line(&self.hint)));
        lines.join("\n")
    }
}
