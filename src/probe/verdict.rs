//! The verdict: one pure function of the states of all checks.

use super::checks::state::{
    BootState, DigestState, EndpointState, ExeState, HostState, NonceState, PeerState, PidState,
    RecordState, StartState, States, UserState,
};
use crate::report::{Outcome, Reason, Verdict};

type Decision = (Verdict, Reason);

/// Returns the verdict and its reason. A verdict without warnings has no reason.
///
/// The rules apply in the order of their precedence. The host of the record comes before
/// all rules that depend on the PID, because the PID of another host means nothing here.
pub(crate) fn decide(states: &States, strict: bool) -> (Verdict, Option<Reason>) {
    let decision = invalid_record(states)
        .or_else(|| foreign(states))
        .or_else(|| mismatch(states))
        .or_else(|| not_running(states))
        .or_else(|| indeterminate(states))
        .or_else(|| unresponsive(states));
    match decision {
        Some((verdict, reason)) => (verdict, Some(reason)),
        None => verified(states, strict),
    }
}

fn invalid_record(states: &States) -> Option<Decision> {
    match states.record {
        RecordState::Missing => Some((Verdict::InvalidRecord, Reason::RecordMissing)),
        RecordState::Invalid => Some((Verdict::InvalidRecord, Reason::RecordInvalid)),
        RecordState::NoDaemon => Some((Verdict::NotRunning, Reason::NoDaemonRecorded)),
        RecordState::Unsearched => Some((Verdict::Indeterminate, Reason::IdentityHidden)),
        RecordState::Sound | RecordState::Suspicious => None,
    }
}

fn foreign(states: &States) -> Option<Decision> {
    match states.host {
        HostState::OtherMachine => Some((Verdict::Indeterminate, Reason::ForeignHost)),
        HostState::OtherPidNamespace => Some((Verdict::Indeterminate, Reason::ForeignNamespace)),
        HostState::NamespaceGone => Some((Verdict::NotRunning, Reason::NamespaceGone)),
        _ => None,
    }
}

fn mismatch(states: &States) -> Option<Decision> {
    let reason = if states.endpoint == EndpointState::Differs {
        Reason::EndpointDiffers
    } else if states.peer == PeerState::Restarted
        || (states.nonce == NonceState::OtherInstance && states.peer != PeerState::Stranger)
    {
        Reason::Superseded
    } else if states.peer == PeerState::Stranger || answers_for_the_dead(states) {
        Reason::Squatted
    } else if states.nonce == NonceState::OtherIdentity {
        Reason::IdentityMismatch
    } else if states.boot == BootState::Other && answers(states) {
        Reason::BootIdMismatch
    } else if is_other_program(states) && !is_reused(states) {
        program_reason(states)
    } else {
        return None;
    };
    Some((Verdict::Mismatch, reason))
}

fn not_running(states: &States) -> Option<Decision> {
    let reason = if states.boot == BootState::Other {
        Reason::Rebooted
    } else if states.pid == PidState::Exited {
        Reason::ProcessExited
    } else if states.pid == PidState::Zombie {
        Reason::Zombie
    } else if is_reused(states) {
        Reason::PidReused
    } else {
        return None;
    };
    Some((Verdict::NotRunning, reason))
}

fn indeterminate(states: &States) -> Option<Decision> {
    let denied = states.endpoint == EndpointState::Denied
        || states.pid == PidState::Denied
        || states.exe == ExeState::Denied
        || states.digest == DigestState::Denied;
    let unreadable = states.pid != PidState::Alive
        || states.user == UserState::Unknown
        || states.exe == ExeState::Unreadable
        || states.digest == DigestState::Unreadable
        || states.digest == DigestState::Skipped;
    let reason = if denied {
        Reason::PermissionDenied
    } else if states.peer == PeerState::Unresolved {
        Reason::PeerUnresolved
    } else if states.digest == DigestState::NotSupplied
        || states.nonce == NonceState::NoCommonDigest
    {
        Reason::NoCommonDigest
    } else if states.digest == DigestState::TimedOut {
        Reason::HashingTimedOut
    } else if unreadable {
        Reason::ProcessUnreadable
    } else if answers(states) {
        return None;
    } else if states.start == StartState::AfterRecord {
        Reason::YoungerProcess
    } else if states.boot != BootState::Same {
        Reason::BootUnknown
    } else {
        return None;
    };
    Some((Verdict::Indeterminate, reason))
}

/// Decides about the recorded process: no earlier rule has doubts about it. Returns
/// `None` if it answers.
fn unresponsive(states: &States) -> Option<Decision> {
    let reason = match states.endpoint {
        EndpointState::Connected => return no_answer(states.nonce),
        EndpointState::Missing => Reason::EndpointMissing,
        EndpointState::Refused => Reason::EndpointRefused,
        EndpointState::QueueFull => Reason::EndpointBusy,
        EndpointState::NotASocket | EndpointState::Unusable | EndpointState::Failed => {
            Reason::EndpointInvalid
        }
        // Without a connection there is no answer, although no probe gets this far.
        EndpointState::Skipped => Reason::EndpointSilent,
        // An earlier rule has decided: `mismatch` and `indeterminate`.
        EndpointState::Differs => Reason::EndpointDiffers,
        EndpointState::Denied => Reason::PermissionDenied,
    };
    Some((Verdict::Unresponsive, reason))
}

fn no_answer(nonce: NonceState) -> Option<Decision> {
    let reason = match nonce {
        NonceState::Answered => return None,
        // The challenge is skipped if the system has no random numbers.
        NonceState::Silent | NonceState::Skipped => Reason::EndpointSilent,
        NonceState::Closed => Reason::EndpointClosed,
        NonceState::OtherProtocol => Reason::NotProbeProtocol,
        NonceState::Wrong => Reason::WrongAnswer,
        // An earlier rule has decided: twice `mismatch`, and `indeterminate`.
        NonceState::OtherInstance => Reason::Superseded,
        NonceState::OtherIdentity => Reason::IdentityMismatch,
        NonceState::NoCommonDigest => Reason::NoCommonDigest,
    };
    Some((Verdict::Unresponsive, reason))
}

fn verified(states: &States, strict: bool) -> (Verdict, Option<Reason>) {
    let warns = states.outcomes().contains(&Outcome::Warn);
    if warns && strict {
        return (Verdict::Indeterminate, Some(Reason::Strict));
    }
    let outdated = states.exe == ExeState::Replaced;
    let reason = match (outdated, warns) {
        (true, _) => Some(Reason::Outdated),
        (false, true) => Some(Reason::Warnings),
        (false, false) => None,
    };
    (Verdict::Verified, reason)
}

/// Returns whether the challenge was answered with the recorded identity.
fn answers(states: &States) -> bool {
    states.nonce == NonceState::Answered && states.endpoint == EndpointState::Connected
}

/// Returns whether another process answers for one that is dead. A process that exited
/// after its own answer does not count: the kernel named it as the server.
fn answers_for_the_dead(states: &States) -> bool {
    let is_dead = matches!(states.pid, PidState::Exited | PidState::Zombie);
    let kernel_named_it = matches!(states.peer.outcome(), Outcome::Pass | Outcome::Warn);
    is_dead && answers(states) && !kernel_named_it
}

fn is_other_program(states: &States) -> bool {
    states.exe == ExeState::Other || states.digest == DigestState::Different
}

fn program_reason(states: &States) -> Reason {
    if states.digest == DigestState::Different {
        Reason::DigestMismatch
    } else {
        Reason::PathMismatch
    }
}

/// Returns whether the PID was reused by a younger process. A late start alone proves
/// nothing, because the wall clock may have been set: the program must differ, too.
fn is_reused(states: &States) -> bool {
    states.pid == PidState::Alive
        && states.start == StartState::AfterRecord
        && !answers(states)
        && is_other_program(states)
}

#[cfg(test)]
mod tests;
