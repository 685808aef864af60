//! The checks of a process that is not asked, in the order in which they depend on each
//! other.

use std::time::Duration;

use super::boot_id::Claim;
use super::check_text::CheckText;
use super::pid::Found;
use super::state::{EndpointState, InstanceState, NonceState, PeerState, StartState, States};
use super::{boot_id, host, listeners, observed_image, pid, record, user};
use crate::probe::observed_evidence::{InstanceEvidence, ObservedEvidence};
use crate::process::{Seen, VerifyError};
use crate::report::Check;

/// Runs all checks. Returns their states, and the checks in report order.
pub(crate) fn examine_observed(evidence: &ObservedEvidence) -> (States, Vec<Check>) {
    let (record, record_text) =
        record::examine_findings(&evidence.findings, evidence.note.as_deref());
    let hosts = &evidence.host.value;
    let (host, host_text) = host::examine_unasked(hosts);
    let (boot, boot_text) = boot_id::examine(Claim::from(&evidence.boot), hosts, host);
    let (pid, pid_text) = pid::examine(&found(evidence), host, boot);
    let (start, start_text) = start(&evidence.instance.value);
    let (user, user_text) = user::examine(&evidence.user.value, pid);
    let instance = instance(&evidence.instance.value.conclusion);
    let ((endpoint, endpoint_text), (peer, peer_text)) = held(evidence, instance);
    let ((exe, exe_text), (digest, digest_text)) = observed_image::examine(evidence, pid);
    let states = States {
        record,
        host,
        endpoint,
        peer,
        nonce: NonceState::Unasked,
        boot,
        pid: pid::unasked(pid, evidence.standstill.as_ref()),
        user,
        start,
        exe,
        digest,
        instance,
    };
    let unasked = CheckText::detail("this daemon does not speak the protocol");
    let checks = states.into_checks([
        (record_text, Duration::ZERO),
        (host_text, evidence.host.elapsed),
        (endpoint_text, evidence.listeners.elapsed),
        (peer_text, evidence.listeners.elapsed),
        (unasked, Duration::ZERO),
        (boot_text, Duration::ZERO),
        (pid_text, evidence.process.elapsed),
        (user_text, evidence.user.elapsed),
        (start_text, evidence.instance.elapsed),
        (exe_text, evidence.image.elapsed),
        (digest_text, evidence.digest.elapsed),
    ]);
    (states, checks)
}

/// Examines the listeners.
fn held(
    evidence: &ObservedEvidence,
    instance: InstanceState,
) -> ((EndpointState, CheckText), (PeerState, CheckText)) {
    let (listeners, names) = (&evidence.listeners.value, &evidence.listener_names);
    listeners::examine(listeners, names, evidence.pid, instance)
}

fn found(evidence: &ObservedEvidence) -> Found<'_> {
    Found {
        pid: evidence.pid,
        process: &evidence.process.value,
        occupant: evidence.occupant.as_ref(),
        standstill: evidence.standstill.as_ref(),
    }
}

fn instance(conclusion: &Result<(), VerifyError>) -> InstanceState {
    match conclusion {
        Ok(()) => InstanceState::Proven,
        Err(VerifyError::Gone(_)) => InstanceState::Gone,
        Err(_) => InstanceState::Unknown,
    }
}

/// Compares the start exactly.
fn start(evidence: &InstanceEvidence) -> (StartState, CheckText) {
    let text = match (&evidence.recorded, &evidence.found) {
        (Some(recorded), Some(found)) => CheckText::compared(recorded, found),
        _ => CheckText::nothing(),
    };
    let why_not = || match &evidence.conclusion {
        Err(error) => text_of(error),
        Ok(()) => CheckText::nothing(),
    };
    match evidence.seen {
        Some(Seen::SameInode | Seen::SameStart) => (StartState::Exact, text),
        Some(Seen::Other) => {
            let detail = "another process has this number now";
            (StartState::OtherInstance, text.with_detail(detail))
        }
        Some(Seen::Unclear) => (StartState::Incomparable, why_not()),
        Some(Seen::Absent | Seen::Zombie) => (StartState::Skipped, CheckText::nothing()),
        None => match evidence.conclusion {
            Err(VerifyError::System(_) | VerifyError::NotPermitted { .. }) => {
                (StartState::Unreadable, why_not())
            }
            _ => (StartState::Skipped, CheckText::nothing()),
        },
    }
}

fn text_of(error: &VerifyError) -> CheckText {
    CheckText::detail(match error {
        VerifyError::Unknown(doubt) => doubt.to_string(),
        error => error.to_string(),
    })
}
