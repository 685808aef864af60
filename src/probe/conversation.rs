//! One connection to the recorded socket, and the challenge on it.

use std::time::Instant;

use super::evidence::{AnswerEvidence, PeerEvidence};
use super::host_evidence::HostEvidence;
use super::peer::Peer;
use super::target_process::{self, TargetProcess};
use super::timed::Timed;
use crate::deadline::Deadline;
use crate::endpoint::{self, Connected, Exchange, ExchangeError, Stream};
use crate::identity::DaemonProcess;
use crate::platform::{self, PinnedProcess, UserId};
use crate::protocol::{Challenge, differences};

/// A conversation with the server of the recorded socket.
///
/// The connection is closed as soon as the answer is read and its server known. A daemon
/// that serves one client at a time waits for that, and hashing can take much longer.
pub(super) struct Conversation<'a> {
    open: Option<OpenConversation<'a>>,
    evidence: ConversationEvidence,
}

/// The evidence of a conversation.
pub(super) struct ConversationEvidence {
    pub(super) answer: Timed<AnswerEvidence>,
    /// `None` without a connection.
    pub(super) peer: Timed<Option<PeerEvidence>>,
    /// The process that serves the socket, if it is not of the family of the recorded one.
    pub(super) stranger: Option<PinnedProcess>,
    /// The connection, if it is kept.
    pub(super) stream: Option<Stream>,
}

/// The conditions of a conversation.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) expected: &'a DaemonProcess,
    pub(super) host: &'a HostEvidence,
    /// The owner of the record, if it has one.
    pub(super) owner: Option<UserId>,
    pub(super) deadline: Deadline,
    pub(super) keeps_connection: bool,
}

impl<'a> Conversation<'a> {
    /// Returns the conversation that there is without a connection.
    pub(super) fn none() -> Self {
        Self {
            open: None,
            evidence: ConversationEvidence {
                answer: Timed::instantly(AnswerEvidence::NotAsked),
                peer: Timed::instantly(None),
                stranger: None,
                stream: None,
            },
        }
    }

    /// Determines the server right after connecting, and prepares the challenge. Without
    /// a challenge, the evidence on the server is gathered all the same.
    pub(super) fn begin(
        connected: Connected,
        target: &'a TargetProcess,
        challenge: Result<Challenge, getrandom::Error>,
        terms: Terms<'a>,
    ) -> Self {
        let server = target_process::server(target, &connected);
        let request = challenge.as_ref().map(Challenge::request);
        let exchange = Exchange::new(connected, server, request.unwrap_or_default());
        match challenge {
            Ok(challenge) => Self {
                open: Some(OpenConversation {
                    exchange,
                    challenge,
                    terms,
                    started: None,
                    probable_holder: None,
                }),
                ..Self::none()
            },
            Err(error) => {
                let answer = AnswerEvidence::NoRandomness(error.to_string());
                Self {
                    open: None,
                    evidence: terms.close(exchange, Timed::instantly(answer), None),
                }
            }
        }
    }

    /// Continues without waiting.
    pub(super) fn step(&mut self) {
        self.proceed(|exchange, deadline| exchange.step(deadline).transpose());
    }

    /// Continues until the conversation has ended. Returns its evidence.
    pub(super) fn finish(mut self) -> ConversationEvidence {
        self.step();
        if let Some(open) = &mut self.open {
            open.look_for_stranger();
        }
        self.proceed(|exchange, deadline| Some(exchange.finish(deadline)));
        self.evidence
    }

    fn proceed(
        &mut self,
        proceed: impl FnOnce(&mut Exchange<'a>, Deadline) -> Option<Result<(), ExchangeError>>,
    ) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        open.started.get_or_insert_with(Instant::now);
        match proceed(&mut open.exchange, open.terms.deadline) {
            Some(outcome) => self.evidence = open.end(outcome),
            None => self.open = Some(open),
        }
    }
}

/// A conversation that has not ended.
struct OpenConversation<'a> {
    exchange: Exchange<'a>,
    challenge: Challenge,
    terms: Terms<'a>,
    /// When the challenge was first tried to be sent.
    started: Option<Instant>,
    /// A process that held the socket a moment ago, in place of a recorded one that is gone.
    probable_holder: Option<u32>,
}

impl OpenConversation<'_> {
    /// Looks for the process that serves the socket in place of one that is gone. That takes
    /// a while, of which none may be left at the end.
    fn look_for_stranger(&mut self) {
        if let Some(connected) = self.exchange.connection_to_stranger() {
            let deadline = Deadline::after(self.terms.deadline.remaining() / 2);
            let sockets = endpoint::serving_sockets(connected);
            let holder = platform::socket_holder(&sockets, connected.creator.pid, deadline);
            self.probable_holder = holder.map(|holder| holder.pid());
        }
    }

    fn end(self, outcome: Result<(), ExchangeError>) -> ConversationEvidence {
        let answer = match outcome {
            Ok(()) => self.compare(self.terms.expected),
            Err(error) => AnswerEvidence::Failed(error),
        };
        let elapsed = self.started.map(|started| started.elapsed());
        let answer = Timed {
            value: answer,
            elapsed: elapsed.unwrap_or_default(),
        };
        self.terms
            .close(self.exchange, answer, self.probable_holder)
    }

    /// Compares the answer with the recorded identity.
    fn compare(&self, expected: &DaemonProcess) -> AnswerEvidence {
        match self.challenge.read_answer(self.exchange.answer()) {
            Err(error) => AnswerEvidence::Rejected(error),
            Ok(answered) => AnswerEvidence::Identity {
                differences: differences(expected, &answered),
                digests: expected.exe_digest.agreement(&answered.exe_digest),
                answered: Box::new(answered),
            },
        }
    }
}

impl Terms<'_> {
    /// Completes the evidence on the server, and closes the connection unless it is kept.
    fn close(
        &self,
        exchange: Exchange<'_>,
        answer: Timed<AnswerEvidence>,
        probable_holder: Option<u32>,
    ) -> ConversationEvidence {
        let (connected, server) = exchange.into_parts();
        let peer = Peer {
            connected: &connected,
            expected: self.expected,
            deadline: self.deadline,
            is_numbered_here: self.host.is_numbered_here(),
            owner: self.owner,
            probable_holder,
        };
        let (peer, stranger) = Timed::of(|| peer.resolve(server)).unzip();
        ConversationEvidence {
            answer,
            peer: peer.map(Some),
            stranger,
            stream: self.keeps_connection.then_some(connected.stream),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::super::evidence::ServerEvidence;
    use super::*;
    use crate::endpoint::{self, Listener};
    use crate::identity::{Endpoint, ExeDigest, HostIdentity};

    #[test]
    fn the_server_is_known_even_if_no_challenge_could_be_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let ipc_endpoint = Endpoint {
            path: path.to_str().unwrap().to_owned(),
            ..Endpoint::default()
        };
        let _listener = Listener::bind(&ipc_endpoint).unwrap();
        let expected = DaemonProcess {
            pid: std::process::id(),
            exe_path: "/daemon".into(),
            exe_digest: ExeDigest::default(),
            boot_id: String::new(),
            ipc_endpoint,
            started_at_unix_ms: 0,
            idle_timeout_secs: None,
        };
        let host = HostEvidence::new(None, HostIdentity::current(Path::new("/")).into());
        let target = target_process::pin(expected.pid, &host);
        let deadline = Deadline::after(Duration::from_secs(5));
        let connected = endpoint::connect(&expected.ipc_endpoint, deadline).unwrap();

        let no_randomness = Err(getrandom::Error::UNSUPPORTED);
        let terms = Terms {
            expected: &expected,
            host: &host,
            owner: None,
            deadline,
            keeps_connection: false,
        };
        let evidence = Conversation::begin(connected, &target, no_randomness, terms).finish();
        let answer = evidence.answer.value;
        assert!(
            matches!(answer, AnswerEvidence::NoRandomness(_)),
            "{answer:?}"
        );
        let server = evidence.peer.value.unwrap().server;
        assert!(matches!(server, ServerEvidence::Recorded), "{server:?}");
    }
}
