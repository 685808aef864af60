//! The process at the other end of a connection.

use std::path::Path;

use super::evidence::{Holding, PeerEvidence};
use crate::endpoint::{Acceptance, Connected, ServedBy};
use crate::identity::DaemonProcess;
use crate::platform::{self, PeerCredentials, PinnedProcess};

/// Checks that `process` serves a fresh connection, as the kernel shows it.
///
/// # Errors
///
/// The reason why it does not, or why that is not known.
pub(crate) fn serves(
    connected: &Connected,
    expected: &DaemonProcess,
    process: &PinnedProcess,
) -> Result<(), String> {
    let server = ServedBy::new(connected, process);
    match resolve(connected, server, expected, false) {
        PeerEvidence::Recorded
        | PeerEvidence::Other {
            holding: Holding::Held,
            ..
        } => Ok(()),
        PeerEvidence::Other {
            holding: Holding::Unknown(why),
            ..
        } => Err(format!("who serves the socket is not known: {why}")),
        PeerEvidence::Other { creator, .. } => {
            Err(format!("the socket is served by PID {}", creator.pid))
        }
        PeerEvidence::OutsideNamespace | PeerEvidence::InnerNamespace { .. } => {
            Err("the socket is served from another PID namespace".to_owned())
        }
    }
}

/// Completes the evidence on the server of a connection.
///
/// `is_numbered_here` is whether the record proves to be from our PID namespace: its PID
/// is then not the number of a process inside another one.
pub(super) fn resolve(
    connected: &Connected,
    server: ServedBy<'_>,
    expected: &DaemonProcess,
    is_numbered_here: bool,
) -> PeerEvidence {
    let creator = connected.creator;
    if connected.is_from_outside_namespace() {
        return PeerEvidence::OutsideNamespace;
    }
    let is_inner = || !is_numbered_here && platform::inner_pid(creator.pid) == Some(expected.pid);
    match server {
        ServedBy::Recorded => PeerEvidence::Recorded,
        _ if is_inner() => PeerEvidence::InnerNamespace { pid: creator.pid },
        ServedBy::MaybeHandedOver(acceptance) => {
            other(creator, holding(connected, acceptance, expected))
        }
        ServedBy::CreatorUnknown(error) => {
            let why = format!("the kernel does not tell who listens: {error}");
            other(creator, Holding::Unknown(why))
        }
        ServedBy::NoProcess => other(creator, Holding::NoProcess),
        ServedBy::ProcessUnexamined(why) => PeerEvidence::Other {
            creator,
            holding: Holding::Unknown(format!(
                "whether PID {} is alive cannot be told: {why}",
                expected.pid
            )),
            // If one process cannot be examined, the other cannot either.
            facts: None,
        },
    }
}

fn other(creator: PeerCredentials, holding: Holding) -> PeerEvidence {
    let facts = match holding {
        Holding::Held => None,
        _ => platform::describe(creator.pid),
    };
    PeerEvidence::Other {
        creator,
        holding,
        facts,
    }
}

fn holding(
    connected: &Connected,
    mut acceptance: Acceptance<'_>,
    expected: &DaemonProcess,
) -> Holding {
    let uid = connected.creator.uid;
    acceptance.look(connected);
    match acceptance.process().uid() {
        Ok(owner) if uid != 0 && uid != owner => return Holding::OtherUser { owner },
        Ok(_) => {}
        Err(error) => return Holding::Unknown(format!("its user cannot be read: {error}")),
    }
    match acceptance.held(connected, Path::new(&expected.ipc_endpoint.path)) {
        Ok(true) => Holding::Held,
        Ok(false) => Holding::NotHeld,
        Err(error) => Holding::Unknown(error.to_string()),
    }
}
