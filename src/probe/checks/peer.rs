//! Check `peer`: the process that serves the socket, as the kernel shows it.

use super::CheckText;
use super::state::{BootState, HostState, NonceState, PeerState};
use crate::platform::{ProcessFacts, System};
use crate::probe::evidence::{
    CreatorEvidence, Evidence, NamedProcess, PeerEvidence, ServerEvidence, StrangerEvidence,
};
use crate::report::Outcome;

/// What an endpoint is on this system.
const SOCKET: &str = System::THIS.socket();

/// The finding if the process that serves the socket was not found.
const UNSEEN: &str = "a process that was not found";

/// The finding if that process has no PID here.
const OUTSIDE: &str = "a process outside this PID namespace";

pub(super) fn examine(
    evidence: &Evidence,
    host: HostState,
    boot: BootState,
    nonce: NonceState,
) -> (PeerState, CheckText) {
    let Some(peer) = &evidence.peer.value else {
        return unconnected(evidence, host);
    };
    if host.outcome() == Outcome::Fail {
        let detail = "PIDs of the record mean nothing here";
        return (PeerState::Skipped, CheckText::detail(detail));
    }
    // The check of the boot ID explains this answer better.
    let is_other = matches!(peer.server, ServerEvidence::Stranger(_));
    if boot == BootState::Other && nonce == NonceState::Answered && is_other {
        let detail = "PIDs of another boot mean nothing now";
        return (PeerState::Skipped, CheckText::detail(detail));
    }
    let recorded = evidence.expected.pid;
    let connection = Connection { peer, recorded };
    let (state, actual, detail) = match &peer.server {
        ServerEvidence::Stranger(stranger) => connection.stranger(stranger, boot, nonce),
        _ => connection.family(),
    };
    let text = CheckText::compared(format!("PID {recorded}"), actual);
    (state, text.with_any_detail(detail))
}

/// Concludes without a connection from the listeners of the recorded process.
fn unconnected(evidence: &Evidence, host: HostState) -> (PeerState, CheckText) {
    let recorded = format!("PID {}", evidence.expected.pid);
    match evidence.listens {
        _ if host.outcome() == Outcome::Fail => (PeerState::Skipped, CheckText::nothing()),
        None => (PeerState::Skipped, CheckText::nothing()),
        Some(true) => {
            let detail = format!("{recorded} holds a listener with this path");
            let text = CheckText::compared(&recorded, &recorded).with_detail(detail);
            (PeerState::Listening, text)
        }
        Some(false) => {
            let detail = format!("{recorded} holds no listener with this path");
            (PeerState::NotListening, CheckText::detail(detail))
        }
    }
}

/// The evidence on a connection, and the recorded PID.
struct Connection<'a> {
    peer: &'a PeerEvidence,
    recorded: u32,
}

/// The state, the process that serves, and details.
type Finding = (PeerState, String, Option<String>);

impl Connection<'_> {
    /// Describes a server of the family of the recorded process, or an unknown one.
    fn family(&self) -> Finding {
        let recorded = self.recorded;
        let (state, process, detail) = match &self.peer.server {
            ServerEvidence::Recorded => return self.recorded(),
            ServerEvidence::Worker(worker) => {
                let pid = worker.pid;
                let detail = format!(
                    "PID {recorded} holds the listener, and its descendant PID {pid} accepted"
                );
                (PeerState::Worker, Some(worker), detail)
            }
            ServerEvidence::Heir {
                process,
                is_same_user,
            } => {
                let (state, detail) = self.heir(process.pid, *is_same_user);
                (state, Some(process), detail)
            }
            ServerEvidence::Guest(guest) => {
                let detail = format!(
                    "PID {recorded} holds the listener, and a process that is no descendant of \
                     it accepted"
                );
                (PeerState::Unresolved, guest.as_ref(), detail)
            }
            ServerEvidence::Unknown(why) => (PeerState::Unresolved, None, why.clone()),
            // The check of the host tells of these, unless the recorded process is proven
            // otherwise.
            _ => {
                let detail = format!("PID {recorded} does not hold this {SOCKET}");
                let actual = "a process of another PID namespace".to_owned();
                return (PeerState::Stranger, actual, Some(detail));
            }
        };
        let actual = process.map_or_else(|| UNSEEN.to_owned(), label);
        (state, actual, Some(self.with_creator(process, detail)))
    }

    fn heir(&self, pid: u32, is_same_user: bool) -> (PeerState, String) {
        let (state, user) = if is_same_user {
            (PeerState::Heir, "")
        } else {
            (PeerState::Unresolved, ", as another user")
        };
        let recorded = self.recorded;
        let detail = format!(
            "PID {recorded} does not hold the listener, and its descendant PID {pid} does{user}"
        );
        (state, detail)
    }

    fn recorded(&self) -> Finding {
        let creator = created_by(&self.peer.creator, self.recorded, None);
        let state = match creator {
            None => PeerState::Recorded,
            Some(_) => PeerState::HandedOver,
        };
        (state, format!("PID {}", self.recorded), creator)
    }

    fn stranger(&self, stranger: &StrangerEvidence, boot: BootState, nonce: NonceState) -> Finding {
        let process = stranger.process.as_ref();
        let actual = match (process, &self.peer.creator) {
            (Some(process), _) => label(process),
            (None, CreatorEvidence::Outside) => OUTSIDE.to_owned(),
            (None, _) => UNSEEN.to_owned(),
        };
        let state = stranger_state(stranger, nonce);
        let recorded = self.recorded;
        let holds = if boot == BootState::Other {
            format!("the record is from another boot, and another process holds the {SOCKET} now")
        } else if stranger.has_rival {
            format!("neither PID {recorded} nor a descendant of it holds this {SOCKET}")
        } else {
            format!("PID {recorded} is gone, and another process holds the {SOCKET}")
        };
        let server = match state {
            PeerState::Restarted if stranger.is_same_image => "; it is served by the same program",
            _ if stranger.is_same_user == Some(false) => "; it is served by another user",
            _ => "",
        };
        let detail = holds + server;
        // A creator that was the recorded process is named already.
        let is_named = !stranger.has_rival && self.peer.creator.is_gone(recorded);
        let detail = if is_named {
            detail
        } else {
            self.with_creator(process, detail)
        };
        (state, actual, Some(detail))
    }

    fn with_creator(&self, named: Option<&NamedProcess>, detail: String) -> String {
        match created_by(&self.peer.creator, self.recorded, named) {
            Some(creator) => format!("{detail}; {creator}"),
            None => detail,
        }
    }
}

/// Returns whether a process outside the family is another instance of the daemon: of the
/// same user, and with the recorded image or its own answer.
fn stranger_state(stranger: &StrangerEvidence, nonce: NonceState) -> PeerState {
    let is_instance = stranger.is_same_image || nonce == NonceState::OtherInstance;
    if is_instance && stranger.is_same_user != Some(false) {
        PeerState::Restarted
    } else {
        PeerState::Stranger
    }
}

/// Describes the creator of the listener; `None` if that is the recorded process or the one
/// that is `named` already.
fn created_by(
    creator: &CreatorEvidence,
    recorded: u32,
    named: Option<&NamedProcess>,
) -> Option<String> {
    let creator = match creator {
        CreatorEvidence::Recorded => return None,
        CreatorEvidence::Other(process) if named.is_some_and(|named| named.pid == process.pid) => {
            return None;
        }
        CreatorEvidence::Other(process) => label(process),
        CreatorEvidence::Gone { pid } if *pid == recorded => {
            "an earlier process with this PID (gone)".to_owned()
        }
        CreatorEvidence::Gone { pid } => format!("PID {pid} (gone)"),
        CreatorEvidence::Outside => OUTSIDE.to_owned(),
    };
    Some(format!("the listener was created by {creator}"))
}

pub(super) fn label(process: &NamedProcess) -> String {
    format!("PID {}{}", process.pid, described(process.facts.as_ref()))
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
