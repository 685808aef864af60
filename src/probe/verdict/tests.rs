//! The decision against an independent statement of the rules, over every
//! combination of what the checks can find.

use super::*;

/// What a verdict requires, said once more and differently: as the set of
/// verdicts whose conditions hold, of which the first by precedence must come
/// out.
fn claims(s: &States) -> [(Verdict, bool); 6] {
    use crate::report::Outcome::{Fail, Pass, Skip, Unknown, Warn};

    let [
        _,
        host,
        endpoint,
        peer,
        nonce,
        boot,
        pid,
        start,
        exe,
        digest,
    ] = s.outcomes();
    let foreign = host == Fail;
    let here = !foreign;
    let served = endpoint == Pass && nonce == Pass;
    let other_image = exe == Fail || digest == Fail;
    let later = start == Warn;
    let alive = pid == Pass;

    let invalid = matches!(s.record, RecordState::Invalid | RecordState::Missing);
    let somebody_else = s.endpoint == EndpointState::Differs
        || peer == Fail
        || matches!(
            s.nonce,
            NonceState::OtherInstance | NonceState::OtherIdentity
        )
        || (pid == Fail && served && peer != Pass)
        || (boot == Fail && served);
    let younger = alive && later && !served && other_image;
    let mismatch = here && (somebody_else || (other_image && !younger));
    let gone = boot == Fail || pid == Fail || younger;
    let not_running = s.record == RecordState::NoDaemon || (here && gone);
    let verified = here
        && served
        && alive
        && digest == Pass
        && matches!(peer, Pass | Skip)
        && s.outcomes()
            .iter()
            .enumerate()
            .all(|(at, outcome)| at == 7 || !matches!(outcome, Fail | Unknown));
    let unresponsive = here
        && boot == Pass
        && alive
        && digest == Pass
        && !later
        && matches!(exe, Pass | Warn | Skip)
        && peer != Unknown
        && endpoint != Unknown
        && s.nonce != NonceState::NoCommonDigest
        && !served;
    [
        (Verdict::InvalidRecord, invalid),
        (Verdict::Mismatch, mismatch),
        (Verdict::NotRunning, not_running),
        (Verdict::Indeterminate, !verified && !unresponsive),
        (Verdict::Unresponsive, unresponsive),
        (Verdict::Verified, verified),
    ]
}

fn stated(states: &States) -> Verdict {
    if states.record == RecordState::NoDaemon {
        return Verdict::NotRunning;
    }
    if states.record == RecordState::Unsearched {
        return Verdict::Indeterminate;
    }
    claims(states)
        .into_iter()
        .find_map(|(verdict, holds)| holds.then_some(verdict))
        .expect("one of the conditions holds")
}

fn for_every_combination(mut visit: impl FnMut(States)) {
    for &record in RecordState::ALL {
        for &host in HostState::ALL {
            for &endpoint in EndpointState::ALL {
                for &peer in PeerState::ALL {
                    for &nonce in NonceState::ALL {
                        for &boot in BootState::ALL {
                            for &pid in PidState::ALL {
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

#[test]
fn every_combination_has_the_verdict_that_the_rules_state() {
    let mut combinations = 0_u64;
    for_every_combination(|states| {
        combinations += 1;
        let (verdict, _) = decide(&states, false);
        assert!(
            verdict == stated(&states),
            "{states:?}: {verdict}, stated {}",
            stated(&states)
        );
    });
    assert!(combinations > 10_000_000, "{combinations} combinations");
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
        start: StartState::BeforeRecord,
        exe: ExeState::Same,
        digest: DigestState::Equal,
    }
}

/// Each single thing that can be wrong, and what it is called.
/// A fault, and the verdict and reason it leads to.
type Case = (fn(&mut States), Verdict, Reason);

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_single_fault_has_its_reason() {
    use Verdict::{Indeterminate, InvalidRecord, Mismatch, NotRunning, Unresponsive, Verified};

    let cases: &[Case] = &[
        (
            |s| s.record = RecordState::Missing,
            InvalidRecord,
            Reason::RecordMissing,
        ),
        (
            |s| s.record = RecordState::Invalid,
            InvalidRecord,
            Reason::RecordInvalid,
        ),
        (
            |s| s.record = RecordState::NoDaemon,
            NotRunning,
            Reason::NoDaemonRecorded,
        ),
        (
            |s| s.record = RecordState::Unsearched,
            Indeterminate,
            Reason::IdentityHidden,
        ),
        (
            |s| s.record = RecordState::Suspicious,
            Verified,
            Reason::Warnings,
        ),
        (
            |s| s.host = HostState::OtherMachine,
            Indeterminate,
            Reason::ForeignHost,
        ),
        (
            |s| s.host = HostState::OtherPidNamespace,
            Indeterminate,
            Reason::ForeignNamespace,
        ),
        (
            |s| s.host = HostState::OtherMounts,
            Verified,
            Reason::Warnings,
        ),
        (
            |s| s.endpoint = EndpointState::Differs,
            Mismatch,
            Reason::EndpointDiffers,
        ),
        (
            |s| s.endpoint = EndpointState::Missing,
            Unresponsive,
            Reason::EndpointMissing,
        ),
        (
            |s| s.endpoint = EndpointState::NotASocket,
            Unresponsive,
            Reason::EndpointInvalid,
        ),
        (
            |s| s.endpoint = EndpointState::Refused,
            Unresponsive,
            Reason::EndpointRefused,
        ),
        (
            |s| s.endpoint = EndpointState::QueueFull,
            Unresponsive,
            Reason::EndpointBusy,
        ),
        (
            |s| s.endpoint = EndpointState::Unusable,
            Unresponsive,
            Reason::EndpointInvalid,
        ),
        (
            |s| s.endpoint = EndpointState::Denied,
            Indeterminate,
            Reason::PermissionDenied,
        ),
        (|s| s.peer = PeerState::Stranger, Mismatch, Reason::Squatted),
        (
            |s| s.peer = PeerState::Unresolved,
            Indeterminate,
            Reason::PeerUnresolved,
        ),
        (
            |s| s.nonce = NonceState::Silent,
            Unresponsive,
            Reason::EndpointSilent,
        ),
        (
            |s| s.nonce = NonceState::Closed,
            Unresponsive,
            Reason::EndpointClosed,
        ),
        (
            |s| s.nonce = NonceState::OtherProtocol,
            Unresponsive,
            Reason::NotProbeProtocol,
        ),
        (
            |s| s.nonce = NonceState::Wrong,
            Unresponsive,
            Reason::WrongAnswer,
        ),
        (
            |s| s.nonce = NonceState::OtherInstance,
            Mismatch,
            Reason::Superseded,
        ),
        (
            |s| s.nonce = NonceState::OtherIdentity,
            Mismatch,
            Reason::IdentityMismatch,
        ),
        (
            |s| s.nonce = NonceState::NoCommonDigest,
            Indeterminate,
            Reason::NoCommonDigest,
        ),
        (|s| s.boot = BootState::Unknown, Verified, Reason::Warnings),
        (
            |s| s.boot = BootState::Other,
            Mismatch,
            Reason::BootIdMismatch,
        ),
        (
            |s| s.pid = PidState::Exited,
            NotRunning,
            Reason::ProcessExited,
        ),
        (|s| s.pid = PidState::Zombie, NotRunning, Reason::Zombie),
        (
            |s| s.pid = PidState::Denied,
            Indeterminate,
            Reason::PermissionDenied,
        ),
        (
            |s| s.pid = PidState::Unreadable,
            Indeterminate,
            Reason::ProcessUnreadable,
        ),
        (
            |s| s.start = StartState::AfterRecord,
            Verified,
            Reason::Warnings,
        ),
        (|s| s.exe = ExeState::Replaced, Verified, Reason::Outdated),
        (|s| s.exe = ExeState::Moved, Verified, Reason::Outdated),
        (|s| s.exe = ExeState::Other, Mismatch, Reason::PathMismatch),
        (
            |s| s.exe = ExeState::Denied,
            Indeterminate,
            Reason::PermissionDenied,
        ),
        (
            |s| s.exe = ExeState::Unreadable,
            Indeterminate,
            Reason::ProcessUnreadable,
        ),
        (
            |s| s.digest = DigestState::Different,
            Mismatch,
            Reason::DigestMismatch,
        ),
        (
            |s| s.digest = DigestState::Denied,
            Indeterminate,
            Reason::PermissionDenied,
        ),
        (
            |s| s.digest = DigestState::TimedOut,
            Indeterminate,
            Reason::HashingTimedOut,
        ),
        (
            |s| s.digest = DigestState::NotSupplied,
            Indeterminate,
            Reason::NoCommonDigest,
        ),
    ];
    for (spoil, verdict, reason) in cases {
        let mut states = good();
        spoil(&mut states);
        assert_eq!(
            decide(&states, false),
            (*verdict, Some(*reason)),
            "{states:?}"
        );
    }
    assert_eq!(decide(&good(), true), (Verified, None));
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
