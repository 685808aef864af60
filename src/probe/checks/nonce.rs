//! Check `nonce`: the challenge and its answer.

use super::CheckText;
use super::state::NonceState;
use crate::endpoint::ExchangeError;
use crate::identity::{DaemonProcess, DigestAgreement, is_known};
use crate::probe::evidence::{AnswerEvidence, Evidence, ServerEvidence};

/// The finding if a broker answers.
const BROKER: &str = "a broker";

pub(super) fn examine(evidence: &Evidence) -> (NonceState, CheckText) {
    let text = |actual: &str| CheckText::compared("nonce and identity echoed", actual);
    match &evidence.answer.value {
        AnswerEvidence::NotAsked => (NonceState::Skipped, CheckText::nothing()),
        AnswerEvidence::NoRandomness(why) => (
            NonceState::Skipped,
            CheckText::detail(format!("the system has no random numbers to offer: {why}")),
        ),
        AnswerEvidence::Failed(error) => {
            let (state, actual) = no_answer(error);
            (state, text(actual).with_detail(error.to_string()))
        }
        AnswerEvidence::Rejected(error) => {
            let (state, actual) = if error.is_broker() {
                (NonceState::OtherProtocol, BROKER)
            } else if error.is_other_protocol() {
                (NonceState::OtherProtocol, "another protocol")
            } else {
                (NonceState::Wrong, "wrong answer")
            };
            (state, text(actual).with_detail(error.to_string()))
        }
        AnswerEvidence::Identity {
            answered,
            differences,
            digests,
        } => match (differences.as_slice(), digests) {
            ([], DigestAgreement::Agree) => {
                (NonceState::Answered, text("nonce and identity echoed"))
            }
            ([], _) => (
                NonceState::NoCommonDigest,
                text("no digest to compare")
                    .with_detail("the record and the answer share no digest"),
            ),
            (differences, _) => {
                let fields: Vec<&str> = differences.iter().map(|one| one.field).collect();
                let (state, actual) = other_identity(answered, &fields, evidence);
                let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
                (state, text(&actual).with_detail(list.join("; ")))
            }
        },
    }
}

fn no_answer(error: &ExchangeError) -> (NonceState, &'static str) {
    match error {
        ExchangeError::Closed(_) => (NonceState::Closed, "closed"),
        ExchangeError::TimedOut { .. } => (NonceState::Silent, "timed out"),
        ExchangeError::Frame(_) => (NonceState::OtherProtocol, "another protocol"),
        ExchangeError::Io(_) => (NonceState::Closed, "connection failed"),
    }
}

fn other_identity(
    answered: &DaemonProcess,
    fields: &[&str],
    evidence: &Evidence,
) -> (NonceState, String) {
    if is_own_identity(answered, evidence) {
        let actual = format!("identity of PID {}", answered.pid);
        (NonceState::OtherInstance, actual)
    } else {
        let actual = format!("another {}", fields.join(", "));
        (NonceState::OtherIdentity, actual)
    }
}

/// Returns whether the answer is the own identity of another instance: it has another PID
/// or boot than recorded, and the kernel confirms that the process with this PID
/// answered in this boot.
fn is_own_identity(answered: &DaemonProcess, evidence: &Evidence) -> bool {
    let (expected, ours) = (&evidence.expected, &evidence.host.value.ours.boot_id);
    let this_boot = answered.boot_id == *ours || !is_known(&answered.boot_id);
    let other_boot = is_known(&expected.boot_id) && expected.boot_id != answered.boot_id;
    let is_of_server = evidence.peer.value.as_ref().is_some_and(|peer| {
        let is_recorded = matches!(peer.server, ServerEvidence::Recorded);
        peer.is_stranger(answered.pid) || (is_recorded && answered.pid == expected.pid)
    });
    (answered.pid != expected.pid || other_boot) && this_boot && is_of_server
}
