//! The decision, compared with an independent statement of the rules over every
//! combination of states.

use super::*;
use crate::report::CheckId;
use crate::report::Outcome::{Fail, Pass, Skip, Unknown, Warn};

/// The outcomes of all checks, by name.
struct Outcomes {
    host: Outcome,
    endpoint: Outcome,
    peer: Outcome,
    nonce: Outcome,
    boot: Outcome,
    pid: Outcome,
    user: Outcome,
    start: Outcome,
    exe: Outcome,
    digest: Outcome,
}

impl Outcomes {
    fn new(states: &States) -> Self {
        let [
            _,
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
        ] = states.outcomes();
        Self {
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
        }
    }
}

/// Returns the verdict, stated in another way than the rules: the first one whose
/// condition holds.
fn stated(s: &States) -> Verdict {
    match s.record {
        RecordState::Invalid | RecordState::Missing => return Verdict::InvalidRecord,
        RecordState::NoDaemon => return Verdict::NotRunning,
        RecordState::Unsearched => return Verdict::Indeterminate,
        RecordState::Sound | RecordState::Suspicious => {}
    }
    let o = Outcomes::new(s);
    if s.host == HostState::NamespaceGone {
        return Verdict::NotRunning;
    } else if o.host == Fail {
        return Verdict::Indeterminate;
    }
    let served = o.endpoint == Pass && o.nonce == Pass;
    let other_image = o.exe == Fail || o.digest == Fail;
    let younger = o.pid == Pass && o.start == Warn && !served && other_image;
    if is_another_daemon(s, &o) || (other_image && !younger) {
        Verdict::Mismatch
    } else if o.boot == Fail || o.pid == Fail || younger {
        Verdict::NotRunning
    } else if is_verified(s, &o) {
        Verdict::Verified
    } else if is_unresponsive(s, &o) {
        Verdict::Unresponsive
    } else {
        Verdict::Indeterminate
    }
}

fn is_another_daemon(s: &States, o: &Outcomes) -> bool {
    let served = o.endpoint == Pass && o.nonce == Pass;
    s.endpoint == EndpointState::Differs
        || o.peer == Fail
        || matches!(
            s.nonce,
            NonceState::OtherInstance | NonceState::OtherIdentity
        )
        || (o.pid == Fail && served && !matches!(o.peer, Pass | Warn))
        || (o.boot == Fail && served)
}

fn is_verified(s: &States, o: &Outcomes) -> bool {
    let outcomes = s.outcomes();
    let mut checks = CheckId::ALL.iter().zip(outcomes);
    o.endpoint == Pass
        && o.nonce == Pass
        && o.pid == Pass
        && o.digest == Pass
        && matches!(o.peer, Pass | Warn | Skip)
        // The answer outweighs a start time that could not be read.
        && checks.all(|(&check, outcome)| {
            check == CheckId::StartTime || !matches!(outcome, Fail | Unknown)
        })
}

fn is_unresponsive(s: &States, o: &Outcomes) -> bool {
    let served = o.endpoint == Pass && o.nonce == Pass;
    o.boot == Pass
        && o.pid == Pass
        && o.digest == Pass
        && o.start != Warn
        && matches!(o.exe, Pass | Warn | Skip)
        && o.user != Unknown
        && o.peer != Unknown
        && o.endpoint != Unknown
        && s.nonce != NonceState::NoCommonDigest
        && !served
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

fn for_every_combination(record: RecordState, mut visit: impl FnMut(States)) {
    {
        for &host in HostState::ALL {
            for &endpoint in EndpointState::ALL {
                for &peer in PeerState::ALL {
                    for &nonce in NonceState::ALL {
                        for &boot in BootState::ALL {
                            for &pid in PidState::ALL {
                                for &user in UserState::ALL {
                                    for &start in StartState::ALL {
                                        for &exe in ExeState::ALL {
                                            for &digest in DigestState::ALL {
                                                visit(States {
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
                                                });
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_combination_has_the_verdict_that_the_rules_state() {
    let combinations: u64 = std::thread::scope(|scope| {
        let threads: Vec<_> = [RecordState::Sound]
            .iter()
            .map(|&record| scope.spawn(move || assert_stated(record)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert!(combinations > 10_000_000, "{combinations} combinations");
}

/// Asserts the verdict of each combination with `record`. Returns their number.
fn assert_stated(record: RecordState) -> u64 {
    let mut combinations = 0;
    for_every_combination(record, |states| {
        combinations += 1;
        let (verdict, reason) = decide(&states, false);
        assert!(
            verdict == stated(&states),
            "{states:?}: {verdict}, stated {}",
            stated(&states)
        );
        assert!(
            verdict != Verdict::Unresponsive || reason.is_some_and(is_of_endpoint),
            "{states:?}: {reason:?}"
        );
    });
    combinations
}

fn good() -> States {
    States {
        record: RecordState::Sound,
        host: HostState::Same,
        endpoint: EndpointState::Connected,
        peer: PeerState::Recorded,
        nonce: NonceState::Answered,
        boot: BootState::Same,
        pid: PidState::Alive,
        user: UserState::Owner,
        start: StartState::BeforeRecord,
        exe: ExeState::Same,
        digest: DigestState::Equal,
    }
}

/// A fault, with its verdict and reason.
type Case = (fn(&mut States), Verdict, Reason);

const FAULTS: &[Case] = &[
    (
        |s| s.record = RecordState::Missing,
        Verdict::InvalidRecord,
        Reason::RecordMissing,
    ),
    (
        |s| s.record = RecordState::Invalid,
        Verdict::InvalidRecord,
        Reason::RecordInvalid,
    ),
    (
        |s| s.record = RecordState::NoDaemon,
        Verdict::NotRunning,
        Reason::NoDaemonRecorded,
    ),
    (
        |s| s.record = RecordState::Unsearched,
        Verdict::Indeterminate,
        Reason::IdentityHidden,
    ),
    (
        |s| s.record = RecordState::Suspicious,
        Verdict::Verified,
        Reason::Warnings,
    ),
    (
        |s| s.host = HostState::OtherMachine,
        Verdict::Indeterminate,
        Reason::ForeignHost,
    ),
    (
        |s| s.host = HostState::OtherPidNamespace,
        Verdict::Indeterminate,
        Reason::ForeignNamespace,
    ),
    (
        |s| s.host = HostState::NamespaceGone,
        Verdict::NotRunning,
        Reason::NamespaceGone,
    ),
    (
        |s| s.host = HostState::OtherMounts,
        Verdict::Verified,
        Reason::Warnings,
    ),
    (
        |s| s.endpoint = EndpointState::Differs,
        Verdict::Mismatch,
        Reason::EndpointDiffers,
    ),
    (
        |s| s.endpoint = EndpointState::Missing,
        Verdict::Unresponsive,
        Reason::EndpointMissing,
    ),
    (
        |s| s.endpoint = EndpointState::NotASocket,
        Verdict::Unresponsive,
        Reason::EndpointInvalid,
    ),
    (
        |s| s.endpoint = EndpointState::Refused,
        Verdict::Unresponsive,
        Reason::EndpointRefused,
    ),
    (
        |s| s.endpoint = EndpointState::QueueFull,
        Verdict::Unresponsive,
        Reason::EndpointBusy,
    ),
    (
        |s| s.endpoint = EndpointState::Unusable,
        Verdict::Unresponsive,
        Reason::EndpointInvalid,
    ),
    (
        |s| s.endpoint = EndpointState::Denied,
        Verdict::Indeterminate,
        Reason::PermissionDenied,
    ),
    (
        |s| s.peer = PeerState::Stranger,
        Verdict::Mismatch,
        Reason::Squatted,
    ),
    (
        |s| s.peer = PeerState::Unresolved,
        Verdict::Indeterminate,
        Reason::PeerUnresolved,
    ),
    (
        |s| s.nonce = NonceState::Silent,
        Verdict::Unresponsive,
        Reason::EndpointSilent,
    ),
    (
        |s| s.nonce = NonceState::Closed,
        Verdict::Unresponsive,
        Reason::EndpointClosed,
    ),
    (
        |s| s.nonce = NonceState::OtherProtocol,
        Verdict::Unresponsive,
        Reason::NotProbeProtocol,
    ),
    (
        |s| s.nonce = NonceState::Wrong,
        Verdict::Unresponsive,
        Reason::WrongAnswer,
    ),
    (
        |s| s.nonce = NonceState::OtherInstance,
        Verdict::Mismatch,
        Reason::Superseded,
    ),
    (
        |s| s.nonce = NonceState::OtherIdentity,
        Verdict::Mismatch,
        Reason::IdentityMismatch,
    ),
    (
        |s| s.nonce = NonceState::NoCommonDigest,
        Verdict::Indeterminate,
        Reason::NoCommonDigest,
    ),
    (
        |s| s.boot = BootState::Unknown,
        Verdict::Verified,
        Reason::Warnings,
    ),
    (
        |s| s.boot = BootState::Other,
        Verdict::Mismatch,
        Reason::BootIdMismatch,
    ),
    (
        |s| s.pid = PidState::Exited,
        Verdict::NotRunning,
        Reason::ProcessExited,
    ),
    (
        |s| s.pid = PidState::Zombie,
        Verdict::NotRunning,
        Reason::Zombie,
    ),
    (
        |s| s.pid = PidState::Denied,
        Verdict::Indeterminate,
        Reason::PermissionDenied,
    ),
    (
        |s| s.pid = PidState::Unreadable,
        Verdict::Indeterminate,
        Reason::ProcessUnreadable,
    ),
    (
        |s| s.start = StartState::AfterRecord,
        Verdict::Verified,
        Reason::Warnings,
    ),
    (
        |s| s.exe = ExeState::Replaced,
        Verdict::Verified,
        Reason::Outdated,
    ),
    (
        |s| s.exe = ExeState::Elsewhere,
        Verdict::Verified,
        Reason::Warnings,
    ),
    (
        |s| s.exe = ExeState::Other,
        Verdict::Mismatch,
        Reason::PathMismatch,
    ),
    (
        |s| s.exe = ExeState::Denied,
        Verdict::Indeterminate,
        Reason::PermissionDenied,
    ),
    (
        |s| s.exe = ExeState::Unreadable,
        Verdict::Indeterminate,
        Reason::ProcessUnreadable,
    ),
    (
        |s| s.digest = DigestState::Different,
        Verdict::Mismatch,
        Reason::DigestMismatch,
    ),
    (
        |s| s.digest = DigestState::Denied,
        Verdict::Indeterminate,
        Reason::PermissionDenied,
    ),
    (
        |s| s.digest = DigestState::TimedOut,
        Verdict::Indeterminate,
        Reason::HashingTimedOut,
    ),
    (
        |s| s.digest = DigestState::NotSupplied,
        Verdict::Indeterminate,
        Reason::NoCommonDigest,
    ),
];

#[test]
fn every_record_has_the_verdict_that_the_rules_state() {
    for &record in RecordState::ALL {
        let states = States { record, ..good() };
        assert_eq!(decide(&states, false).0, stated(&states), "{states:?}");
    }
}

#[test]
fn every_single_fault_has_its_reason() {
    for (spoil, verdict, reason) in FAULTS {
        let mut states = good();
        spoil(&mut states);
        assert_eq!(
            decide(&states, false),
            (*verdict, Some(*reason)),
            "{states:?}"
        );
    }
    assert_eq!(decide(&good(), true), (Verdict::Verified, None));
}

#[test]
fn only_a_younger_process_makes_a_pid_reused() {
    let mut states = good();
    states.endpoint = EndpointState::Refused;
    states.nonce = NonceState::Skipped;
    states.peer = PeerState::Skipped;
    states.digest = DigestState::Different;
    states.exe = ExeState::Other;
    assert_eq!(
        decide(&states, false),
        (Verdict::Mismatch, Some(Reason::DigestMismatch))
    );
    states.start = StartState::AfterRecord;
    assert_eq!(
        decide(&states, false),
        (Verdict::NotRunning, Some(Reason::PidReused))
    );
}

#[test]
fn strict_turns_any_warning_into_doubt() {
    let mut states = good();
    states.exe = ExeState::Replaced;
    assert_eq!(
        decide(&states, true),
        (Verdict::Indeterminate, Some(Reason::Strict))
    );
}
