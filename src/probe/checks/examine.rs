//! Runs the checks, in the order in which they depend on each other.

use std::time::Duration;

use super::boot_id::Claim;
use super::check_text::CheckText;
use super::pid::Found;
use super::state::{InstanceState, States};
use super::{
    boot_id, digest, endpoint, exe_path, host, nonce, peer, pid, record, start_time, user,
};
use crate::probe::evidence::Evidence;
use crate::report::{Check, CheckId};

/// Runs all checks. Returns their states, and the checks in report order.
pub(crate) fn examine(evidence: &Evidence) -> (States, Vec<Check>) {
    let (record, record_text) =
        record::examine_findings(&evidence.findings, evidence.note.as_deref());
    let (host, host_text) = host::examine(evidence);
    let (endpoint, endpoint_text) = endpoint::examine(evidence);
    let (nonce, nonce_text) = nonce::examine(evidence);
    let (boot, boot_text) = boot_id::examine(Claim::from(evidence), &evidence.host.value, host);
    let (peer, peer_text) = peer::examine(evidence, host, boot, nonce);
    let (pid, pid_text) = pid::examine(&found(evidence), host, boot);
    let (user, user_text) = user::examine(&evidence.user.value, pid);
    let (start, start_text) = start_time::examine(evidence, pid);
    let image = &evidence.image.value;
    let (digest, digest_text) = digest::examine(&evidence.digest.value, image, pid);
    let (exe, exe_text) = exe_path::examine(&evidence.expected.exe_path, image, pid, digest);
    let states = States {
        record,
        host,
        endpoint,
        peer,
        nonce,
        boot,
        pid,
        user,
        start,
        exe,
        digest,
        instance: InstanceState::NotRecorded,
    };
    let checks = states.into_checks([
        (record_text, Duration::ZERO),
        (host_text, evidence.host.elapsed),
        (endpoint_text, evidence.endpoint.elapsed),
        (peer_text, evidence.peer.elapsed),
        (nonce_text, evidence.answer.elapsed),
        (boot_text, Duration::ZERO),
        (pid_text, evidence.process.elapsed),
        (user_text, evidence.user.elapsed),
        (start_text, evidence.status.elapsed),
        (exe_text, evidence.image.elapsed),
        (digest_text, evidence.digest.elapsed),
    ]);
    (states, checks)
}

fn found(evidence: &Evidence) -> Found<'_> {
    Found {
        pid: evidence.expected.pid,
        process: &evidence.process.value,
        occupant: evidence.occupant.as_ref(),
        standstill: evidence.standstill.as_ref(),
    }
}

impl States {
    /// Adds to each state the text of its check, and the time that the evidence took.
    pub(super) fn into_checks(self, texts: [(CheckText, Duration); 11]) -> Vec<Check> {
        let outcomes = CheckId::ALL.iter().zip(self.outcomes());
        let check = |((&id, outcome), (text, elapsed)): ((&CheckId, _), (CheckText, _))| {
            text.into_check(id, outcome, elapsed)
        };
        outcomes.zip(texts).map(check).collect()
    }
}
