//! The number in a PID file, compared with an independent statement of its rules.

use super::*;
use crate::report::Outcome::{Fail, Unknown};

/// Returns the states of a number whose process is what the caller requires.
pub(super) fn required() -> States {
    States {
        host: HostState::Unsaid,
        endpoint: EndpointState::Skipped,
        peer: PeerState::Skipped,
        nonce: NonceState::Unasked,
        digest: DigestState::Unrecorded,
        instance: InstanceState::Numbered,
        ..good()
    }
}

/// A finding, with its verdict and reason.
type Case = (fn(&mut States), Verdict, Reason);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (|_| {}, Verdict::Verified, Reason::PidFile),
    (|s| s.exe = ExeState::Unrecorded, Verdict::Indeterminate, Reason::PidFileOnly),
    (|s| (s.exe, s.user) = (ExeState::Unrecorded, UserState::Required), Verdict::Verified, Reason::PidFile),
    (|s| (s.exe, s.peer) = (ExeState::Unrecorded, PeerState::Locked), Verdict::Verified, Reason::KernelOnly),
    (|s| s.user = UserState::Changed, Verdict::Indeterminate, Reason::PidFileOnly),
    (|s| s.user = UserState::Other, Verdict::Indeterminate, Reason::PidFileOnly),
    (|s| (s.user, s.peer) = (UserState::Changed, PeerState::Locked), Verdict::Verified, Reason::KernelOnly),
    (|s| s.peer = PeerState::LockedByOther, Verdict::Indeterminate, Reason::LockedByOther),
    (|s| (s.user, s.peer) = (UserState::Required, PeerState::LockedByOther), Verdict::Indeterminate, Reason::LockedByOther),
    (|s| (s.exe, s.peer) = (ExeState::Unwanted, PeerState::LockedByOther), Verdict::Mismatch, Reason::PathMismatch),
    (|s| s.peer = PeerState::LockedByFamily, Verdict::Verified, Reason::PidFile),
    (|s| (s.exe, s.peer) = (ExeState::Unrecorded, PeerState::LockedByFamily), Verdict::Indeterminate, Reason::PidFileOnly),
    (|s| (s.exe, s.peer) = (ExeState::Unwanted, PeerState::LockedByFamily), Verdict::Mismatch, Reason::PathMismatch),
    (|s| (s.start, s.peer) = (StartState::AfterRecord, PeerState::LockedByFamily), Verdict::Indeterminate, Reason::YoungerProcess),
    (|s| (s.exe, s.start, s.peer) = (ExeState::Unrecorded, StartState::AfterRecord, PeerState::LockedByFamily), Verdict::Indeterminate, Reason::YoungerProcess),
    (|s| (s.exe, s.start, s.peer) = (ExeState::Unwanted, StartState::AfterRecord, PeerState::LockedByFamily), Verdict::Mismatch, Reason::PathMismatch),
    (|s| (s.start, s.peer) = (StartState::Unusable, PeerState::LockedByFamily), Verdict::Indeterminate, Reason::TimeUnusable),
    (|s| (s.boot, s.peer) = (BootState::Other, PeerState::LockedByFamily), Verdict::Indeterminate, Reason::TimeUnusable),
    (|s| (s.pid, s.peer) = (PidState::Exited, PeerState::LockedByFamily), Verdict::NotRunning, Reason::ProcessExited),
    (|s| s.exe = ExeState::Replaced, Verdict::Verified, Reason::Outdated),
    (|s| s.record = RecordState::Suspicious, Verdict::Verified, Reason::Warnings),
    (|s| s.record = RecordState::Invalid, Verdict::InvalidRecord, Reason::RecordInvalid),
    (|s| s.endpoint = EndpointState::Differs, Verdict::Mismatch, Reason::EndpointDiffers),
    (|s| s.exe = ExeState::Unwanted, Verdict::Mismatch, Reason::PathMismatch),
    (|s| s.exe = ExeState::Other, Verdict::Mismatch, Reason::PathMismatch),
    (|s| s.user = UserState::Differs, Verdict::Mismatch, Reason::UserMismatch),
    (|s| (s.exe, s.start) = (ExeState::Unrecorded, StartState::AfterRecord), Verdict::NotRunning, Reason::PidReused),
    (|s| (s.exe, s.start) = (ExeState::Unwanted, StartState::AfterRecord), Verdict::NotRunning, Reason::PidReused),
    (|s| s.start = StartState::AfterRecord, Verdict::Indeterminate, Reason::YoungerProcess),
    (|s| s.start = StartState::PerhapsAfter, Verdict::Indeterminate, Reason::YoungerProcess),
    (|s| (s.exe, s.start) = (ExeState::Unwanted, StartState::PerhapsAfter), Verdict::Mismatch, Reason::PathMismatch),
    (|s| (s.start, s.peer) = (StartState::AfterRecord, PeerState::Locked), Verdict::Verified, Reason::Warnings),
    (|s| s.start = StartState::Unusable, Verdict::Indeterminate, Reason::TimeUnusable),
    (|s| (s.boot, s.pid) = (BootState::Other, PidState::Skipped), Verdict::NotRunning, Reason::Rebooted),
    (|s| s.pid = PidState::Standstill, Verdict::Verified, Reason::Warnings),
    (|s| (s.pid, s.start, s.exe) = (PidState::Standstill, StartState::AfterRecord, ExeState::Unrecorded), Verdict::NotRunning, Reason::PidReused),
    (|s| s.pid = PidState::Exited, Verdict::NotRunning, Reason::ProcessExited),
    (|s| s.pid = PidState::Zombie, Verdict::NotRunning, Reason::Zombie),
    (|s| (s.pid, s.peer) = (PidState::Exited, PeerState::LockedByOther), Verdict::Mismatch, Reason::Superseded),
    (|s| (s.pid, s.host) = (PidState::Exited, HostState::OtherPidNamespace), Verdict::Indeterminate, Reason::ForeignNamespace),
    (|s| (s.pid, s.host) = (PidState::Exited, HostState::OtherMachine), Verdict::Indeterminate, Reason::ForeignHost),
    (|s| s.pid = PidState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.exe = ExeState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.exe = ExeState::Unreadable, Verdict::Indeterminate, Reason::ProcessUnreadable),
    (|s| (s.exe, s.start) = (ExeState::Unreadable, StartState::AfterRecord), Verdict::Indeterminate, Reason::ProcessUnreadable),
    (|s| s.exe = ExeState::Hangs, Verdict::Indeterminate, Reason::FileSystemHangs),
];

#[test]
fn every_finding_on_a_number_has_its_reason() {
    for (find, verdict, reason) in CASES {
        let mut states = required();
        find(&mut states);
        let decision = (*verdict, Some(*reason));
        assert_eq!(decide(&states, false), decision, "{states:?}");
    }
}

#[track_caller]
pub(super) fn assert_one(states: States) {
    let (verdict, reason) = decide(&states, false);
    assert_eq!(verdict, stated(&states), "{states:?}: {reason:?}");
    let is_gone = proof_of_death(&states).is_some();
    let may_be_elsewhere = states.host.outcome() == Fail;
    let has_no_process = [PidState::Exited, PidState::Zombie].contains(&states.pid);
    let is_proven = verdict == Verdict::NotRunning && has_no_process;
    assert_eq!(is_proven, is_gone, "{states:?}");
    assert!(!(is_gone && may_be_elsewhere), "{states:?}");
    assert_lock_of_family_proves_nothing(&states, verdict);
}

/// A number that was reused within a family is still no proof: the lock of another process of the
/// family makes no process verified that would not be without it.
#[track_caller]
fn assert_lock_of_family_proves_nothing(states: &States, verdict: Verdict) {
    if states.peer != PeerState::LockedByFamily {
        return;
    }
    let unlocked = States {
        peer: PeerState::Skipped,
        ..*states
    };
    let (without, _) = decide(&unlocked, false);
    assert!(
        verdict != Verdict::Verified || without == Verdict::Verified,
        "{states:?}: {without} without the lock"
    );
}

/// The first verdict whose condition holds, in the words of the rules.
fn stated(s: &States) -> Verdict {
    let is_there = [PidState::Alive, PidState::Standstill].contains(&s.pid);
    let is_locked_by_it = is_there && s.peer == PeerState::Locked;
    let speaks_against = s.exe.outcome() == Fail || s.user.outcome() == Fail;
    let is_what_is_required = !speaks_against
        && (s.user == UserState::Required || [ExeState::Same, ExeState::Replaced].contains(&s.exe));
    let is_of_its_user = [UserState::Owner, UserState::Required].contains(&s.user);
    // The kernel says that the family of a living process uses the file: clocks are weaker.
    let is_of_living_family = is_there && s.peer == PeerState::LockedByFamily;
    let is_gone = !is_locked_by_it
        && ((s.boot == BootState::Other && !is_of_living_family)
            || [PidState::Exited, PidState::Zombie].contains(&s.pid)
            || (is_there
                && !is_of_living_family
                && s.start == StartState::AfterRecord
                && !is_what_is_required
                && s.exe.outcome() != Unknown));
    if s.host.outcome() == Fail {
        Verdict::Indeterminate
    } else if s.endpoint == EndpointState::Differs
        || (is_gone && s.peer == PeerState::LockedByOther)
    {
        Verdict::Mismatch
    } else if is_gone {
        Verdict::NotRunning
    } else if speaks_against {
        Verdict::Mismatch
    } else if !is_there
        || [s.exe.outcome(), s.user.outcome()].contains(&Unknown)
        || s.peer == PeerState::LockedByOther
    {
        Verdict::Indeterminate
    } else if is_locked_by_it
        || (s.start == StartState::BeforeRecord
            && s.boot != BootState::Other
            && is_what_is_required
            && is_of_its_user)
    {
        Verdict::Verified
    } else {
        Verdict::Indeterminate
    }
}
