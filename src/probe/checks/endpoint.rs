//! Check `endpoint`: a connection to the recorded socket.

use super::Said;
use super::state::EndpointState;
use crate::endpoint::ConnectError;
use crate::probe::evidence::{EndpointEvidence, Evidence};

pub(super) fn examine(evidence: &Evidence) -> (EndpointState, Said) {
    let recorded = &evidence.expected.ipc_endpoint.path;
    let said = |actual: &str| Said::compared(recorded, actual);
    match &evidence.endpoint.value {
        EndpointEvidence::Connected => (EndpointState::Connected, said("connected")),
        EndpointEvidence::Differs { asked } => (
            EndpointState::Differs,
            said(asked).with_detail("endpoint differs from the record; nothing was contacted"),
        ),
        EndpointEvidence::Failed(error) => {
            let (state, actual) = match error {
                ConnectError::Missing => (EndpointState::Missing, "no such file"),
                ConnectError::NotASocket(_) => (EndpointState::NotASocket, "not a socket"),
                ConnectError::Refused => (EndpointState::Refused, "refused"),
                ConnectError::Denied => (EndpointState::Denied, "permission denied"),
                ConnectError::QueueFull(_) => (EndpointState::QueueFull, "queue full"),
                ConnectError::TooLong(_) => (EndpointState::Unusable, "path too long"),
                ConnectError::BadName => (EndpointState::Unusable, "not a socket path"),
                ConnectError::WrongType => (EndpointState::Unusable, "wrong socket type"),
                ConnectError::Io(_) => (EndpointState::Failed, "failed"),
            };
            (state, said(actual).with_detail(error.to_string()))
        }
    }
}
