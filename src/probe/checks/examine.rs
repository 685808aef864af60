//! Runs the checks, in the order in which they depend on each other.

use std::time::Duration;

use super::state::States;
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
    let (boot, boot_text) = boot_id::examine(evidence, host);
    let (peer, peer_text) = peer::examine(evidence, host, boot, nonce);
    let (pid, pid_text) = pid::examine(evidence, host, boot);
    let (user, user_text) = user::examine(evidence, pid);
    let (start, start_text) = start_time::examine(evidence, pid);
    let (digest, digest_text) = digest::examine(evidence, pid);
    let (exe, exe_text) = exe_path::examine(evidence, pid, digest);
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
    };
    let checks = vec![
        record_text.into_check(CheckId::Record, record.outcome(), Duration::ZERO),
        host_text.into_check(CheckId::Host, host.outcome(), evidence.host.elapsed),
        endpoint_text.into_check(
            CheckId::Endpoint,
            endpoint.outcome(),
            evidence.endpoint.elapsed,
        ),
        peer_text.into_check(CheckId::Peer, peer.outcome(), evidence.peer.elapsed),
        nonce_text.into_check(CheckId::Nonce, nonce.outcome(), evidence.answer.elapsed),
        boot_text.into_check(CheckId::BootId, boot.outcome(), Duration::ZERO),
        pid_text.into_check(CheckId::Pid, pid.outcome(), evidence.process.elapsed),
        user_text.into_check(CheckId::User, user.outcome(), evidence.user.elapsed),
        start_text.into_check(CheckId::StartTime, start.outcome(), evidence.status.elapsed),
        exe_text.into_check(CheckId::ExePath, exe.outcome(), evidence.image.elapsed),
        digest_text.into_check(CheckId::Digest, digest.outcome(), evidence.digest.elapsed),
    ];
    (states, checks)
}
