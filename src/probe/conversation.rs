//! One connection to the recorded socket, and the challenge on it.

use super::evidence::{AnswerEvidence, PeerEvidence};
use super::host_evidence::HostEvidence;
use super::peer;
use super::target_process::{self, TargetProcess};
use crate::endpoint::{Connected, Exchange, ExchangeError, Stream};
use crate::identity::DaemonProcess;
use crate::protocol::{Challenge, differences};

/// A connection with its server and the challenge on it.
pub(super) struct Conversation<'p> {
    exchange: Exchange<'p>,
    challenge: Result<Challenge, getrandom::Error>,
}

impl<'p> Conversation<'p> {
    /// Determines the server right after connecting, and prepares the challenge. Without
    /// a challenge, the evidence on the server is gathered all the same.
    pub(super) fn begin(
        connected: Connected,
        target: &'p TargetProcess,
        challenge: Result<Challenge, getrandom::Error>,
    ) -> Self {
        let server = target_process::server(target, &connected);
        let request = challenge.as_ref().map(Challenge::request);
        Self {
            exchange: Exchange::new(connected, server, request.unwrap_or_default()),
            challenge,
        }
    }

    /// Returns the exchange to complete, if there is a challenge to send.
    pub(super) fn exchange(&mut self) -> Option<&mut Exchange<'p>> {
        self.challenge.is_ok().then_some(&mut self.exchange)
    }

    /// Compares the answer, if the exchange was completed, with the recorded identity.
    pub(super) fn answer(
        &self,
        outcome: Option<Result<(), ExchangeError>>,
        expected: &DaemonProcess,
    ) -> AnswerEvidence {
        let challenge = match &self.challenge {
            Ok(challenge) => challenge,
            Err(error) => return AnswerEvidence::NoRandomness(error.to_string()),
        };
        match outcome {
            None => AnswerEvidence::NotAsked,
            Some(Err(error)) => AnswerEvidence::Failed(error),
            Some(Ok(())) => match challenge.read_answer(self.exchange.answer()) {
                Err(error) => AnswerEvidence::Rejected(error),
                Ok(answered) => AnswerEvidence::Identity {
                    differences: differences(expected, &answered),
                    digests: expected.exe_digest.agreement(&answered.exe_digest),
                    answered: Box::new(answered),
                },
            },
        }
    }

    /// Ends the conversation with the evidence on its server. Returns the connection, too.
    pub(super) fn end(
        self,
        expected: &DaemonProcess,
        host: &HostEvidence,
    ) -> (PeerEvidence, Stream) {
        let (connected, server) = self.exchange.into_parts();
        let peer = peer::resolve(&connected, server, expected, host.is_numbered_here());
        (peer, connected.stream)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::deadline::Deadline;
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
        let host = HostEvidence {
            recorded: None,
            ours: HostIdentity::current(Path::new("/")).into(),
        };
        let target = target_process::pin(&expected, &host);
        let deadline = Deadline::after(Duration::from_secs(5));
        let connected =
            endpoint::connect(&expected.ipc_endpoint, deadline, target.as_ref().ok()).unwrap();

        let no_randomness = Err(getrandom::Error::UNSUPPORTED);
        let mut conversation = Conversation::begin(connected, &target, no_randomness);
        assert!(conversation.exchange().is_none());
        let answer = conversation.answer(None, &expected);
        assert!(
            matches!(answer, AnswerEvidence::NoRandomness(_)),
            "{answer:?}"
        );
        let (peer, _) = conversation.end(&expected, &host);
        assert!(matches!(peer, PeerEvidence::Recorded), "{peer:?}");
    }
}
