//! An action as an object.

use rpctl::platform::ExitStatus;
use serde::{Serialize, Serializer};

use crate::render::action::{Action, ActionOutcome, status_text};

/// `"action"` in documents.
#[derive(Serialize)]
pub(super) struct ActionObject<'a> {
    outcome: ActionOutcome,
    signal: Option<&'static str>,
    waited_us: Option<u64>,
    #[serde(serialize_with = "exit_status")]
    exit_status: Option<ExitStatus>,
    removed: &'a [String],
}

impl<'a> From<&'a Action> for ActionObject<'a> {
    fn from(action: &'a Action) -> Self {
        Self {
            outcome: action.outcome,
            signal: action.signal,
            waited_us: action
                .waited
                .map(|waited| u64::try_from(waited.as_micros()).unwrap_or(u64::MAX)),
            exit_status: action.exit_status,
            removed: &action.removed,
        }
    }
}

/// Writes a number for a code, a name for a signal.
fn exit_status<S: Serializer>(
    status: &Option<ExitStatus>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match status {
        None => serializer.serialize_none(),
        Some(ExitStatus::Code(code)) => serializer.serialize_i32(*code),
        Some(signal) => serializer.serialize_str(&status_text(*signal)),
    }
}
