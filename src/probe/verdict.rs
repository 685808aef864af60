//! The verdict: one pure function of the states of all checks.

use super::checks::state::{
    BootState, DigestState, EndpointState, ExeState, HostState, InstanceState, NonceState,
    PeerState, PidState, RecordState, StartState, States, UserState,
};
use crate::report::{Outcome, Reason, Verdict};

mod pid_file;

type Decision = (Verdict, Reason);

/// Returns the verdict and its reason. A verified daemon that answered, without warnings, has no
/// reason.
///
/// The rules apply in the order of their precedence. The host of the record comes before
/// all rules that depend on the PID, because the PID of another host means nothing here.
pub(crate) fn decide(states: &States, strict: bool) -> (Verdict, Option<Reason>) {
    if states.instance == InstanceState::Numbered {
        return match pid_file::decide(states) {
            Some((verdict, reason)) => (verdict, Some(reason)),
            None => verified(states, strict),
        };
    }
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
        RecordState::Missing => Some((Verdict::NoRecord, Reason::NoRecord)),
        RecordState::Invalid => Some((Verdict::InvalidRecord, Reason::RecordInvalid)),
        RecordState::NoDaemon => Some((Verdict::NotRunning, Reason::NoDaemonRecorded)),
        RecordState::Unsearched => Some((Verdict::Indeterminate, Reason::IdentityHidden)),
        RecordState::Hangs => Some((Verdict::Indeterminate, Reason::FileSystemHangs)),
        RecordState::Unread => Some((Verdict::Indeterminate, Reason::RecordUnreadable)),
        RecordState::Sound | RecordState::Suspicious => None,
    }
}

fn foreign(states: &States) -> Option<Decision> {
    match states.host {
        HostState::OtherMachine => Some((Verdict::Indeterminate, Reason::ForeignHost)),
        HostState::OtherPidNamespace => Some((Verdict::Indeterminate, Reason::ForeignNamespace)),
        HostState::NamespaceGone => not_running(states),
        _ => None,
    }
}

fn mismatch(states: &States) -> Option<Decision> {
    let reason = if states.endpoint == EndpointState::Differs {
        Reason::EndpointDiffers
    } else if is_restarted(states)
        || (states.nonce == NonceState::OtherInstance && states.peer != PeerState::Stranger)
    {
        Reason::Superseded
    } else if matches!(states.peer, PeerState::Stranger | PeerState::Restarted)
        || answers_for_the_dead(states)
    {
        Reason::Squatted
    } else if states.nonce == NonceState::OtherIdentity {
        Reason::IdentityMismatch
    } else if states.boot == BootState::Other && (answers(states) || is_held(states)) {
        Reason::BootIdMismatch
    } else if states.user == UserState::Differs {
        Reason::UserMismatch
    } else if states.exe == ExeState::Unwanted {
        Reason::PathMismatch
    } else if is_other_program(states) && !is_reused(states) {
        program_reason(states)
    } else {
        return None;
    };
    Some((Verdict::Mismatch, reason))
}

/// Returns whether a later instance has taken the place of the recorded one, which is then not
/// alive any more as that exact instance.
fn is_restarted(states: &States) -> bool {
    states.peer == PeerState::Restarted && states.instance != InstanceState::Proven
}

fn not_running(states: &States) -> Option<Decision> {
    Some((Verdict::NotRunning, proof_of_death(states)?))
}

/// Returns the proof that the recorded daemon is gone, as the reason to report. Another
/// process may answer in its place all the same.
///
/// This is the only such proof: whatever removes or replaces a record rests on it. While the
/// kernel says that the recorded process holds the recorded listener, it is not gone.
pub(crate) fn proof_of_death(states: &States) -> Option<Reason> {
    if states.host == HostState::NamespaceGone {
        return Some(Reason::NamespaceGone);
    }
    if states.instance == InstanceState::Numbered {
        return pid_file::proof_of_death(states);
    }
    let is_here = states.host.outcome() != Outcome::Fail;
    let can_be_gone = match states.instance {
        // Which boot the PID is from is not known, so its absence proves nothing.
        InstanceState::NotRecorded => states.boot != BootState::Contradicted,
        instance => instance == InstanceState::Gone,
    };
    if !is_here || !can_be_gone {
        return None;
    }
    match states.pid {
        PidState::Exited => Some(Reason::ProcessExited),
        PidState::Zombie => Some(Reason::Zombie),
        _ if is_held(states) => None,
        _ if states.boot == BootState::Other => Some(Reason::Rebooted),
        _ => (states.instance == InstanceState::Gone || is_reused(states))
            .then_some(Reason::PidReused),
    }
}

fn indeterminate(states: &States) -> Option<Decision> {
    let reason = (states.boot == BootState::Contradicted)
        .then_some(Reason::BootContradicted)
        .or_else(|| unexamined(states))
        .or_else(|| match states.instance {
            InstanceState::NotRecorded => doubtful_start(states),
            InstanceState::Proven if states.start.outcome() == Outcome::Pass => None,
            InstanceState::Proven
            | InstanceState::Gone
            | InstanceState::Unknown
            | InstanceState::Numbered => Some(doubtful_instance(states)),
        })?;
    Some((Verdict::Indeterminate, reason))
}

/// Returns the reason why the examination is not complete.
fn unexamined(states: &States) -> Option<Reason> {
    let denied = states.endpoint == EndpointState::Denied
        || states.pid == PidState::Denied
        || states.exe == ExeState::Denied
        || states.digest == DigestState::Denied;
    let unreadable = !states.pid.is_alive()
        || states.user == UserState::Unknown
        || states.exe == ExeState::Unreadable
        || states.digest == DigestState::Unreadable
        || states.digest == DigestState::Skipped;
    let hangs = states.endpoint == EndpointState::Hangs
        || states.exe == ExeState::Hangs
        || states.digest == DigestState::Hangs;
    let has_no_digest =
        states.digest == DigestState::NotSupplied || states.nonce == NonceState::NoCommonDigest;
    if denied {
        Some(Reason::PermissionDenied)
    } else if hangs {
        Some(Reason::FileSystemHangs)
    } else if states.peer == PeerState::Unresolved {
        Some(Reason::PeerUnresolved)
    } else if has_no_digest {
        Some(Reason::NoCommonDigest)
    } else if states.digest == DigestState::Emulated {
        Some(Reason::Emulated)
    } else if states.digest == DigestState::TimedOut {
        Some(Reason::HashingTimedOut)
    } else {
        unreadable.then_some(Reason::ProcessUnreadable)
    }
}

/// Returns the reason why a process that runs the recorded program may still be another
/// one. The answer outweighs a start that does not prove it only if the recorded process
/// itself gave it, not a worker, and runs as the owner of the record: another user can run
/// the same program with the same number.
fn doubtful_start(states: &States) -> Option<Reason> {
    let is_own = matches!(states.peer, PeerState::Recorded | PeerState::HandedOver);
    let is_own_answer = answers(states) && is_own && states.user == UserState::Owner;
    match states.start {
        StartState::BeforeRecord if answers(states) => None,
        // Without an answer, the boot has to be proven, too.
        StartState::BeforeRecord => (states.boot != BootState::Same).then_some(Reason::BootUnknown),
        _ if is_own_answer => None,
        // The second is that of a PID file.
        StartState::AfterRecord | StartState::PerhapsAfter => Some(Reason::YoungerProcess),
        // An exact start is that of a recorded instance.
        StartState::Exact | StartState::OtherInstance | StartState::Incomparable => {
            Some(Reason::InstanceUnknown)
        }
        StartState::Unusable => Some(Reason::TimeUnusable),
        StartState::Unreadable | StartState::Skipped => Some(Reason::ProcessUnreadable),
    }
}

/// Returns the reason why a process is not proven to be the recorded instance.
fn doubtful_instance(states: &States) -> Reason {
    match (states.boot, states.start) {
        (BootState::Unknown | BootState::Other, _) => Reason::BootUnknown,
        (_, StartState::Unreadable) => Reason::ProcessUnreadable,
        _ => Reason::InstanceUnknown,
    }
}

/// Decides about the recorded process: no earlier rule has doubts about it. Returns
/// `None` if it answers.
fn unresponsive(states: &States) -> Option<Decision> {
    let reason = match states.endpoint {
        EndpointState::Connected => return no_answer(states.nonce),
        // It is not asked.
        EndpointState::Listening | EndpointState::Skipped
            if states.instance == InstanceState::Proven =>
        {
            return None;
        }
        EndpointState::Missing => Reason::EndpointMissing,
        EndpointState::Refused => Reason::EndpointRefused,
        EndpointState::QueueFull => Reason::EndpointBusy,
        EndpointState::NotASocket | EndpointState::Unusable | EndpointState::Failed => {
            Reason::EndpointInvalid
        }
        // Without a connection there is no answer, although no probe gets this far.
        EndpointState::Listening | EndpointState::Skipped => Reason::EndpointSilent,
        // An earlier rule has decided: `mismatch` and `indeterminate`.
        EndpointState::Differs => Reason::EndpointDiffers,
        EndpointState::Denied => Reason::PermissionDenied,
        EndpointState::Hangs => Reason::FileSystemHangs,
    };
    Some((Verdict::Unresponsive, reason))
}

fn no_answer(nonce: NonceState) -> Option<Decision> {
    let reason = match nonce {
        NonceState::Answered => return None,
        // The challenge is skipped if the system has no random numbers.
        NonceState::Silent | NonceState::Unasked | NonceState::Skipped => Reason::EndpointSilent,
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
    let is_sound = |outcome| matches!(outcome, Outcome::Pass | Outcome::Skip);
    // Also a start time that cannot be told, if the answer outweighs it.
    let warns = !states.outcomes().into_iter().all(is_sound);
    if warns && strict {
        return (Verdict::Indeterminate, Some(Reason::Strict));
    }
    let reason = if states.digest == DigestState::OtherBuild {
        Some(Reason::Reexecuted)
    } else if states.exe == ExeState::Replaced {
        Some(Reason::Outdated)
    } else if warns {
        Some(Reason::Warnings)
    } else {
        match states.instance {
            InstanceState::Numbered => Some(pid_file::reason(states)),
            InstanceState::Proven => Some(Reason::KernelOnly),
            _ => None,
        }
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
    is_dead && answers(states) && !is_held(states)
}

/// Returns whether the kernel shows that the recorded process, or one of its family, holds
/// the recorded listener or has accepted the connection.
fn is_held(states: &States) -> bool {
    matches!(states.peer.outcome(), Outcome::Pass | Outcome::Warn)
}

/// Returns whether the process runs another program. A path alone is no mismatch:
/// its image must differ, or there must be none.
fn is_other_program(states: &States) -> bool {
    let has_no_image = states.exe == ExeState::Other
        && matches!(
            states.digest,
            DigestState::Skipped | DigestState::Unrecorded
        );
    states.digest == DigestState::Different || has_no_image
}

fn program_reason(states: &States) -> Reason {
    if states.digest == DigestState::Different {
        Reason::DigestMismatch
    } else {
        Reason::PathMismatch
    }
}

/// Returns whether the PID was reused. A late start alone proves nothing, because the wall
/// clock may have been set: the program or the user must differ, and the process must not
/// hold the recorded socket, as a daemon does that was upgraded in place. A time that cannot
/// be right proves no late start.
fn is_reused(states: &States) -> bool {
    let is_another = is_other_program(states) || states.user == UserState::Other;
    states.pid.is_alive()
        && states.start == StartState::AfterRecord
        && states.peer == PeerState::NotListening
        && is_another
}

#[cfg(test)]
mod tests;
