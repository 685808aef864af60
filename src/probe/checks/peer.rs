//! Check `peer`: the process that serves the socket, as the kernel shows it.

use super::CheckText;
use super::state::{BootState, HostState, NonceState, PeerState};
use crate::platform::{PeerCredentials, ProcessFacts};
use crate::probe::evidence::{Evidence, Holding, PeerEvidence};
use crate::report::Outcome;

pub(super) fn examine(
    evidence: &Evidence,
    host: HostState,
    boot: BootState,
    nonce: NonceState,
) -> (PeerState, CheckText) {
    let recorded = evidence.expected.pid;
    let expected = format!("PID {recorded}");
    let Some(peer) = &evidence.peer.value else {
        return (PeerState::Skipped, CheckText::nothing());
    };
    match peer {
        _ if host.outcome() == Outcome::Fail => (
            PeerState::Skipped,
            CheckText::detail("PIDs of the record mean nothing here"),
        ),
        // The check of the boot ID explains this answer better.
        _ if boot == BootState::Other && nonce == NonceState::Answered => (
            PeerState::Skipped,
            CheckText::detail("PIDs of another boot mean nothing now"),
        ),
        PeerEvidence::OutsideNamespace | PeerEvidence::InnerNamespace { .. } => {
            (PeerState::Skipped, CheckText::nothing())
        }
        PeerEvidence::Recorded => (
            PeerState::Recorded,
            CheckText::compared(&expected, &expected),
        ),
        PeerEvidence::Other {
            creator,
            holding,
            facts,
        } => {
            let (state, detail) = holder_state(holding, creator, recorded, boot);
            let actual = format!("PID {}{}", creator.pid, described(facts.as_ref()));
            let text = CheckText::compared(expected, actual);
            (state, text.with_detail(detail))
        }
    }
}

fn holder_state(
    holding: &Holding,
    creator: &PeerCredentials,
    recorded: u32,
    boot: BootState,
) -> (PeerState, String) {
    match holding {
        Holding::Held => (
            PeerState::HandedOver,
            format!(
                "PID {} created the listener and handed it to PID {recorded}",
                creator.pid
            ),
        ),
        Holding::NotHeld => (
            PeerState::Stranger,
            format!("PID {recorded} does not hold this socket"),
        ),
        Holding::OtherUser { owner } => (
            PeerState::Stranger,
            format!(
                "the listener belongs to user ID {}, PID {recorded} to user ID {owner}",
                creator.uid
            ),
        ),
        Holding::NoProcess if boot == BootState::Other => (
            PeerState::Stranger,
            "the record is from another boot, and another process holds the socket now".to_owned(),
        ),
        Holding::NoProcess => (
            PeerState::Stranger,
            format!("PID {recorded} is gone, and another process holds the socket"),
        ),
        Holding::Unknown(why) => (PeerState::Unresolved, why.clone()),
    }
}

/// Returns ` (COMMAND, user NAME)`, as far as it is known.
pub(super) fn described(facts: Option<&ProcessFacts>) -> String {
    match facts {
        None => String::new(),
        Some(ProcessFacts {
            command,
            user: None,
        }) => format!(" ({command})"),
        Some(ProcessFacts {
            command,
            user: Some(user),
        }) => format!(" ({command}, user {user})"),
    }
}
