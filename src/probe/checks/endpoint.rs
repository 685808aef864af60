//! Check `endpoint`: a connection to the recorded socket.

use super::CheckText;
use super::state::EndpointState;
use crate::endpoint::ConnectError;
use crate::platform::{self, System};
use crate::probe::evidence::{EndpointEvidence, Evidence};

/// What is found in place of an endpoint's name.
const NOT_A_NAME: &str = match System::THIS {
    System::Windows => "not a pipe name",
    System::Linux | System::MacOs => "not a socket path",
};

pub(super) fn examine(evidence: &Evidence) -> (EndpointState, CheckText) {
    let recorded = &evidence.expected.ipc_endpoint.path;
    let text = |actual: &str| CheckText::compared(recorded, actual);
    match &evidence.endpoint.value {
        EndpointEvidence::Connected { note } => {
            let text = text("connected").with_any_detail(note.map(found));
            (EndpointState::Connected, text)
        }
        EndpointEvidence::Differs { asked } => (
            EndpointState::Differs,
            text(asked).with_detail("endpoint differs from the record; nothing was contacted"),
        ),
        EndpointEvidence::Failed { error, note } => {
            let (state, actual) = match error {
                ConnectError::Missing => (EndpointState::Missing, "no such file"),
                ConnectError::NotASocket(_) => (EndpointState::NotASocket, "not a socket"),
                ConnectError::Refused => (EndpointState::Refused, "refused"),
                ConnectError::Denied => (EndpointState::Denied, "permission denied"),
                ConnectError::QueueFull(_) => (EndpointState::QueueFull, "queue full"),
                ConnectError::TooLong(_) => (EndpointState::Unusable, "path too long"),
                ConnectError::Relative => (EndpointState::Unusable, "a relative path"),
                ConnectError::BadName => (EndpointState::Unusable, NOT_A_NAME),
                ConnectError::WrongType => (EndpointState::Unusable, "wrong socket type"),
                ConnectError::Io(error) if platform::is_hang(error) => {
                    (EndpointState::Hangs, "no answer")
                }
                ConnectError::Io(_) => (EndpointState::Failed, "failed"),
            };
            let detail = match note {
                Some(note) => format!("{error}; {}", found(note)),
                None => error.to_string(),
            };
            (state, text(actual).with_detail(detail))
        }
    }
}

fn found(note: &str) -> String {
    format!("looked up {note}")
}
