//! Processes that are not asked, compared with an independent statement of their rules.

use super::*;
use crate::probe::explanations::summarize;
use crate::report::Outcome::{Fail, Pass, Unknown};
use crate::report::Target;

/// Returns the states of a process that runs as it was recorded.
pub(super) fn watched() -> States {
    States {
        endpoint: EndpointState::Skipped,
        peer: PeerState::Skipped,
        nonce: NonceState::Unasked,
        start: StartState::Exact,
        digest: DigestState::Unchanged,
        instance: InstanceState::Proven,
        ..good()
    }
}

pub(super) const INSTANCES: &[InstanceState] = &[
    InstanceState::Proven,
    InstanceState::Gone,
    InstanceState::Unknown,
];

/// A finding, with its verdict and reason.
type Case = (fn(&mut States), Verdict, Reason);

#[rustfmt::skip]
const CASES: &[Case] = &[
    (|_| {}, Verdict::Verified, Reason::KernelOnly),
    (|s| s.digest = DigestState::Equal, Verdict::Verified, Reason::KernelOnly),
    (|s| s.digest = DigestState::Unrecorded, Verdict::Verified, Reason::KernelOnly),
    (|s| (s.exe, s.digest) = (ExeState::Unrecorded, DigestState::Unrecorded), Verdict::Verified, Reason::KernelOnly),
    (|s| s.user = UserState::Changed, Verdict::Verified, Reason::KernelOnly),
    (|s| s.digest = DigestState::OtherBuild, Verdict::Verified, Reason::Reexecuted),
    (|s| (s.exe, s.digest) = (ExeState::Replaced, DigestState::OtherBuild), Verdict::Verified, Reason::Reexecuted),
    (|s| s.exe = ExeState::Replaced, Verdict::Verified, Reason::Outdated),
    (|s| s.pid = PidState::Standstill, Verdict::Verified, Reason::Warnings),
    (|s| s.user = UserState::Other, Verdict::Verified, Reason::Warnings),
    (|s| s.record = RecordState::Suspicious, Verdict::Verified, Reason::Warnings),
    (|s| s.user = UserState::Differs, Verdict::Mismatch, Reason::UserMismatch),
    (|s| (s.exe, s.digest) = (ExeState::Other, DigestState::Different), Verdict::Mismatch, Reason::DigestMismatch),
    (|s| (s.exe, s.digest) = (ExeState::Other, DigestState::Unrecorded), Verdict::Mismatch, Reason::PathMismatch),
    (|s| s.endpoint = EndpointState::Missing, Verdict::Unresponsive, Reason::EndpointMissing),
    (|s| (s.endpoint, s.peer) = (EndpointState::Listening, PeerState::Listening), Verdict::Verified, Reason::KernelOnly),
    (|s| s.peer = PeerState::Stranger, Verdict::Mismatch, Reason::Squatted),
    (|s| (s.instance, s.pid, s.peer) = (InstanceState::Gone, PidState::Exited, PeerState::Successor), Verdict::NotRunning, Reason::ProcessExited),
    (|s| s.peer = PeerState::Restarted, Verdict::Mismatch, Reason::Squatted),
    (|s| (s.instance, s.start, s.peer) = (InstanceState::Unknown, StartState::Incomparable, PeerState::Restarted), Verdict::Mismatch, Reason::Superseded),
    (|s| s.peer = PeerState::Unresolved, Verdict::Indeterminate, Reason::PeerUnresolved),
    (|s| s.endpoint = EndpointState::Differs, Verdict::Mismatch, Reason::EndpointDiffers),
    (|s| (s.instance, s.pid, s.start) = (InstanceState::Gone, PidState::Exited, StartState::Skipped), Verdict::NotRunning, Reason::ProcessExited),
    (|s| (s.instance, s.pid, s.start) = (InstanceState::Gone, PidState::Zombie, StartState::Skipped), Verdict::NotRunning, Reason::Zombie),
    (|s| (s.instance, s.start) = (InstanceState::Gone, StartState::OtherInstance), Verdict::NotRunning, Reason::PidReused),
    (|s| (s.instance, s.boot, s.pid) = (InstanceState::Gone, BootState::Other, PidState::Skipped), Verdict::NotRunning, Reason::Rebooted),
    (|s| (s.instance, s.host) = (InstanceState::Unknown, HostState::OtherMachine), Verdict::Indeterminate, Reason::ForeignHost),
    (|s| (s.instance, s.host) = (InstanceState::Unknown, HostState::OtherPidNamespace), Verdict::Indeterminate, Reason::ForeignNamespace),
    (|s| (s.instance, s.host) = (InstanceState::Unknown, HostState::NamespaceGone), Verdict::NotRunning, Reason::NamespaceGone),
    (|s| (s.instance, s.boot) = (InstanceState::Unknown, BootState::Contradicted), Verdict::Indeterminate, Reason::BootContradicted),
    (|s| (s.instance, s.boot) = (InstanceState::Unknown, BootState::Unknown), Verdict::Indeterminate, Reason::BootUnknown),
    (|s| (s.instance, s.start) = (InstanceState::Unknown, StartState::Incomparable), Verdict::Indeterminate, Reason::InstanceUnknown),
    (|s| (s.instance, s.host) = (InstanceState::Unknown, HostState::Unsaid), Verdict::Indeterminate, Reason::InstanceUnknown),
    (|s| (s.instance, s.pid) = (InstanceState::Unknown, PidState::Denied), Verdict::Indeterminate, Reason::PermissionDenied),
    (|s| s.exe = ExeState::Denied, Verdict::Indeterminate, Reason::PermissionDenied),
];

#[test]
fn every_finding_on_a_process_has_its_reason() {
    for (find, verdict, reason) in CASES {
        let mut states = watched();
        find(&mut states);
        let decision = (*verdict, Some(*reason));
        assert_eq!(decide(&states, false), decision, "{states:?}");
    }
}

/// Asserts of each of these decisions that its sentence expects no answer.
pub(super) fn assert_unasked(decisions: &[(Verdict, Option<Reason>)]) {
    for &decision in decisions {
        let sentence = summarize(decision, &watched(), &Target::default(), &[]);
        assert!(!sentence.contains("answer"), "{sentence}");
    }
}

#[test]
fn only_warnings_are_doubts_for_strict_callers() {
    let kernel_only = (Verdict::Verified, Some(Reason::KernelOnly));
    assert_eq!(decide(&watched(), true), kernel_only);
    let reexecuted = States {
        digest: DigestState::OtherBuild,
        ..watched()
    };
    let strict = (Verdict::Indeterminate, Some(Reason::Strict));
    assert_eq!(decide(&reexecuted, true), strict);
}

#[track_caller]
pub(super) fn assert_one(states: States) -> (Verdict, Option<Reason>) {
    let (verdict, reason) = decide(&states, false);
    let death = proof_of_death(&states);
    assert_eq!(verdict, stated(&states), "{states:?}: {reason:?}");
    // Only the exact instance is proof of life, and only its end is proof of death.
    let is_here = states.host.outcome() != Fail;
    assert!(verdict != Verdict::Verified || states.instance == InstanceState::Proven);
    // No other process is a later instance of one that is alive.
    assert!(reason != Some(Reason::Superseded) || states.instance != InstanceState::Proven);
    assert!(
        death.is_none() || states.instance == InstanceState::Gone || !is_here,
        "{states:?}"
    );
    assert!(
        verdict != Verdict::NotRunning || death.is_some(),
        "{states:?}"
    );
    (verdict, reason)
}

/// The first verdict whose condition holds, in the words of the rules.
fn stated(s: &States) -> Verdict {
    let is_other_program = s.digest.outcome() == Fail
        || s.exe.outcome() == Fail
            && [DigestState::Skipped, DigestState::Unrecorded].contains(&s.digest);
    let outcomes = s.outcomes();
    if s.host == HostState::NamespaceGone {
        Verdict::NotRunning
    } else if s.host.outcome() == Fail {
        Verdict::Indeterminate
    } else if [PeerState::Stranger, PeerState::Restarted].contains(&s.peer)
        || s.user.outcome() == Fail
        || is_other_program
        || s.exe == ExeState::Unwanted
        || s.endpoint == EndpointState::Differs
        || (s.boot == BootState::Other && s.peer.outcome() == Pass)
    {
        Verdict::Mismatch
    } else if s.instance == InstanceState::Gone
        && (s.pid.outcome() == Fail || s.peer.outcome() != Pass)
    {
        Verdict::NotRunning
    } else if s.instance != InstanceState::Proven
        || s.start.outcome() != Pass
        || ![PidState::Alive, PidState::Standstill].contains(&s.pid)
        || s.boot == BootState::Contradicted
        || outcomes[2..].contains(&Unknown)
        || [DigestState::Skipped, DigestState::NotSupplied].contains(&s.digest)
    {
        Verdict::Indeterminate
    } else if s.endpoint.outcome() == Fail {
        Verdict::Unresponsive
    } else {
        Verdict::Verified
    }
}
