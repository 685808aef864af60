//! The verdict on the number in a PID file.

use super::{Decision, foreign, invalid_record};
use crate::probe::checks::state::{
    BootState, EndpointState, ExeState, PeerState, PidState, StartState, States, UserState,
    is_wanted,
};
use crate::report::{Outcome, Reason, Verdict};

/// Returns what speaks against the process that has the number, in the order of its
/// precedence; `None` if it is verified.
pub(super) fn decide(states: &States) -> Option<Decision> {
    invalid_record(states)
        .or_else(|| foreign(states))
        .or_else(|| mismatch(states))
        .or_else(|| not_running(states))
        .or_else(|| Some((Verdict::Indeterminate, doubt(states)?)))
}

/// Returns the reason of a verified number without warnings.
pub(super) fn reason(states: &States) -> Reason {
    if holds_lock(states) {
        Reason::KernelOnly
    } else {
        Reason::PidFile
    }
}

fn mismatch(states: &States) -> Option<Decision> {
    let reason = if states.endpoint == EndpointState::Differs {
        Reason::EndpointDiffers
    } else if death(states).is_some() {
        // A process that is alive has locked the file.
        (states.peer == PeerState::LockedByOther).then_some(Reason::Superseded)?
    } else if states.user == UserState::Differs {
        Reason::UserMismatch
    } else if matches!(states.exe, ExeState::Other | ExeState::Unwanted) {
        Reason::PathMismatch
    } else {
        return None;
    };
    Some((Verdict::Mismatch, reason))
}

fn not_running(states: &States) -> Option<Decision> {
    let is_here = states.host.outcome() != Outcome::Fail;
    let is_locked = states.peer == PeerState::LockedByOther;
    let reason = death(states).filter(|_| is_here && !is_locked)?;
    Some((Verdict::NotRunning, reason))
}

/// Returns the proof that the daemon of the file is gone: no process that can be meant has
/// the number. While one has it, only clocks say that it is another process, and a clock can
/// be set.
pub(super) fn proof_of_death(states: &States) -> Option<Reason> {
    let is_dead = matches!(states.pid, PidState::Exited | PidState::Zombie);
    let (_, reason) = not_running(states).filter(|_| is_dead)?;
    Some(reason)
}

fn death(states: &States) -> Option<Reason> {
    match states.pid {
        _ if holds_lock(states) => None,
        // No boot leaves a lock, and so the clock was set.
        _ if states.boot == BootState::Other && !family_holds_lock(states) => {
            Some(Reason::Rebooted)
        }
        PidState::Exited => Some(Reason::ProcessExited),
        PidState::Zombie => Some(Reason::Zombie),
        // The clock may have been set since, and what the process runs outweighs that, if it
        // can be compared. So does a lock that is held around it.
        PidState::Alive | PidState::Standstill if states.start == StartState::AfterRecord => {
            let is_known = states.exe.outcome() != Outcome::Unknown;
            let is_other = !is_wanted(states.exe, states.user) && !family_holds_lock(states);
            (is_known && is_other).then_some(Reason::PidReused)
        }
        _ => None,
    }
}

fn doubt(states: &States) -> Option<Reason> {
    match states.pid {
        PidState::Alive | PidState::Standstill => {}
        PidState::Denied => return Some(Reason::PermissionDenied),
        _ => return Some(Reason::ProcessUnreadable),
    }
    if states.peer == PeerState::LockedByOther {
        return Some(Reason::LockedByOther);
    }
    match states.exe {
        ExeState::Denied => return Some(Reason::PermissionDenied),
        ExeState::Hangs => return Some(Reason::FileSystemHangs),
        ExeState::Unreadable => return Some(Reason::ProcessUnreadable),
        _ if states.user == UserState::Unknown => return Some(Reason::ProcessUnreadable),
        _ => {}
    }
    match states.start {
        _ if holds_lock(states) => None,
        // The time of a file that is dated before this boot tells nothing of the start.
        _ if states.boot == BootState::Other => Some(Reason::TimeUnusable),
        StartState::BeforeRecord => (!is_proven(states)).then_some(Reason::PidFileOnly),
        StartState::AfterRecord | StartState::PerhapsAfter => Some(Reason::YoungerProcess),
        StartState::Unusable => Some(Reason::TimeUnusable),
        _ => Some(Reason::ProcessUnreadable),
    }
}

/// Returns whether the kernel says that the process holds a lock on the file.
fn holds_lock(states: &States) -> bool {
    states.pid.is_alive() && states.peer == PeerState::Locked
}

/// Returns whether a process above or below it holds a lock on the file, which is then that of a
/// family that lives. No clock says that its daemon is gone. Nor does the lock prove the process:
/// its number may have been that of another one of the family.
fn family_holds_lock(states: &States) -> bool {
    states.pid.is_alive() && states.peer == PeerState::LockedByFamily
}

/// Returns whether a process that is older than the file is the one, by what the caller
/// requires. Another user than the owner of the file may run the same program: a daemon that has
/// dropped its privileges needs its user to be required, too.
fn is_proven(states: &States) -> bool {
    is_wanted(states.exe, states.user)
        && matches!(states.user, UserState::Owner | UserState::Required)
}
