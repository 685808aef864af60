//! Every combination of states.

use super::stated::{Facts, stated};
use super::*;

/// Lists the states that only a daemon has that is asked, those that only a process has that
/// is not, and those that only the number in a PID file has.
macro_rules! kinds_of_probe {
    ($($kind:ident: [$($asked:ident),*] [$($observed:ident),*] [$($numbered:ident),*],)+) => {
        $(impl $kind {
            const ASKED_ALONE: &[Self] = &[$(Self::$asked),*];
            const OBSERVED_ALONE: &[Self] = &[$(Self::$observed),*];
            const NUMBERED_ALONE: &[Self] = &[$(Self::$numbered),*];

            fn without(one: &[Self], other: &[Self]) -> impl Iterator<Item = Self> {
                let is_possible = |state: &Self| !one.contains(state) && !other.contains(state);
                Self::ALL.iter().copied().filter(is_possible)
            }

            fn asked() -> impl Iterator<Item = Self> {
                Self::without(Self::OBSERVED_ALONE, Self::NUMBERED_ALONE)
            }

            fn observed() -> impl Iterator<Item = Self> {
                Self::without(Self::ASKED_ALONE, Self::NUMBERED_ALONE)
            }

            fn numbered() -> impl Iterator<Item = Self> {
                Self::ALL.iter().copied()
            }
        })+
    };
}

kinds_of_probe! {
    HostState: [] [] [],
    EndpointState: [Connected, NotASocket, Refused, QueueFull, Unusable, Failed] [Listening]
        [],
    PeerState: [Recorded, HandedOver, Worker, Heir, NotListening] [Successor]
        [Locked, LockedByFamily, LockedByOther],
    NonceState: [Answered, Silent, Closed, OtherProtocol, Wrong, OtherInstance, OtherIdentity,
        NoCommonDigest, Skipped] [Unasked] [],
    BootState: [] [] [],
    PidState: [] [Standstill] [],
    UserState: [] [Differs] [Required],
    StartState: [BeforeRecord, AfterRecord, Unusable] [Exact, OtherInstance, Incomparable]
        [PerhapsAfter],
    ExeState: [] [Unrecorded, Unwanted] [],
    DigestState: [] [Unchanged, OtherBuild, Unrecorded] [],
}

/// Visits each combination of the states of these checks in one kind of probe; the others are
/// those of `$states`.
macro_rules! visit_each {
    ($probe:ident, $visit:expr, $states:expr, $field:ident: $kind:ident, $($rest:tt)*) => {
        for $field in $kind::$probe() {
            visit_each!($probe, $visit, States { $field, ..$states }, $($rest)*);
        }
    };
    ($probe:ident, $visit:expr, $states:expr,) => { $visit($states) };
}

#[test]
fn every_combination_has_the_verdict_that_the_rules_state() {
    let mut combinations = 0_u64;
    let mut assert_next = |states| {
        combinations += 1;
        assert_one(states);
    };
    // The host is in the next test: a host that is another one decides alone.
    visit_each!(
        asked, assert_next, good(),
        endpoint: EndpointState, peer: PeerState, nonce: NonceState, boot: BootState,
        pid: PidState, user: UserState, start: StartState, exe: ExeState, digest: DigestState,
    );
    assert!(combinations > 20_000_000, "{combinations} combinations");
}

#[test]
fn every_host_has_the_verdict_that_the_rules_state() {
    visit_each!(
        asked, assert_one, good(),
        host: HostState, endpoint: EndpointState, peer: PeerState, nonce: NonceState,
        boot: BootState, pid: PidState, start: StartState,
    );
}

#[test]
fn every_observed_process_has_the_verdict_the_rules_state() {
    let mut combinations = 0_u64;
    let mut decisions = Vec::new();
    let mut assert_next = |states| {
        combinations += 1;
        let decision = observed::assert_one(states);
        if !decisions.contains(&decision) {
            decisions.push(decision);
        }
    };
    for &instance in observed::INSTANCES {
        let states = States {
            instance,
            ..observed::watched()
        };
        visit_each!(
            observed, assert_next, states,
            endpoint: EndpointState, peer: PeerState, boot: BootState, pid: PidState,
            user: UserState, start: StartState, exe: ExeState, digest: DigestState,
        );
        visit_each!(
            observed, assert_next, states,
            host: HostState, endpoint: EndpointState, peer: PeerState, boot: BootState,
            pid: PidState, start: StartState, nonce: NonceState,
        );
    }
    assert!(combinations > 5_000_000, "{combinations} combinations");
    observed::assert_unasked(&decisions);
}

#[test]
fn every_number_has_the_verdict_that_the_rules_state() {
    let mut combinations = 0_u64;
    let mut assert_next = |states: States| {
        combinations += 1;
        // The file names no namespace.
        if states.host != HostState::NamespaceGone {
            numbered::assert_one(states);
        }
    };
    visit_each!(
        numbered, assert_next, numbered::required(),
        host: HostState, peer: PeerState, boot: BootState, pid: PidState, user: UserState,
        start: StartState, exe: ExeState,
    );
    // Of these, a PID file tells nothing.
    visit_each!(
        numbered, assert_next, numbered::required(),
        endpoint: EndpointState, nonce: NonceState, digest: DigestState,
    );
    assert!(combinations > 1_000_000, "{combinations} combinations");
}

#[track_caller]
fn assert_one(states: States) {
    let (verdict, reason) = decide(&states, false);
    let is_stated = verdict == stated(&states)
        && (verdict != Verdict::Unresponsive || reason.is_some_and(is_of_endpoint));
    assert!(
        is_stated && obeys_the_laws(&states, verdict),
        "{states:?}: {verdict} {reason:?}, stated {}",
        stated(&states)
    );
}

/// Returns whether a verdict obeys the rules that outweigh all others.
fn obeys_the_laws(states: &States, verdict: Verdict) -> bool {
    let facts = Facts::new(states);
    let has_process =
        states.pid.outcome() != Outcome::Fail && states.host.outcome() != Outcome::Fail;
    let gone_needs_proof = facts.dead == proof_of_death(states).is_some()
        && (verdict != Verdict::NotRunning || facts.dead)
        && !(facts.dead && has_process && facts.holds);
    let is_timely = states.start == StartState::BeforeRecord;
    let verified_needs_nothing_against_it =
        verdict != Verdict::Verified || is_timely || facts.outweighs;
    gone_needs_proof && verified_needs_nothing_against_it
}

/// Returns whether the reason is one of an endpoint that does not answer.
fn is_of_endpoint(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::EndpointMissing
            | Reason::EndpointRefused
            | Reason::EndpointInvalid
            | Reason::EndpointBusy
            | Reason::EndpointSilent
            | Reason::EndpointClosed
            | Reason::NotProbeProtocol
            | Reason::WrongAnswer
    )
}

#[test]
fn every_record_has_the_verdict_that_the_rules_state() {
    for &record in RecordState::ALL {
        let states = States { record, ..good() };
        assert_eq!(decide(&states, false).0, stated(&states), "{states:?}");
    }
}
