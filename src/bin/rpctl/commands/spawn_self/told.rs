//! What a daemon tells its starter: that it is ready, or why it is not.

use anyhow::{Context, Result};
use rpctl::record::{self, Record};
use serde::Deserialize;

use super::plan::Plan;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::render::SpawnedDaemon;

/// The word of a daemon that is ready.
pub(super) enum Told {
    /// Where everything is.
    Document(Box<SpawnedDaemon>),
    /// The record itself, where it goes to standard output.
    Record(Box<Record>),
}

/// Understand all that a daemon has said.
pub(super) fn told(plan: &Plan, said: &[u8]) -> Result<Told> {
    if let Ok(refusal) = serde_json::from_slice::<Refusal>(said) {
        return Err(Failure::from(refusal).into());
    }
    if plan.record.is_some() {
        let document: Document =
            serde_json::from_slice(said).context("it ended before it was ready")?;
        Ok(Told::Document(document.daemon))
    } else {
        let record = record::load_bytes(said).context("it ended before it was ready")?;
        Ok(Told::Record(Box::new(record)))
    }
}

/// The document of a daemon that is ready.
#[derive(Deserialize)]
struct Document {
    daemon: Box<SpawnedDaemon>,
}

/// The error a daemon reports instead of its document.
#[derive(Deserialize)]
struct Refusal {
    exit_code: u8,
    #[serde(default)]
    hints: Vec<String>,
    error: RefusalError,
}

#[derive(Deserialize)]
struct RefusalError {
    kind: String,
    message: String,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal.exit_code {
            9 => ExitCode::Refused,
            2 => ExitCode::Usage,
            _ => ExitCode::Internal,
        };
        let mut failure = Self::new(code, refusal.error.kind, refusal.error.message);
        failure.hint = refusal.hints.into_iter().next();
        failure
    }
}
