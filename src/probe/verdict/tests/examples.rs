//! Situations in which kinds of evidence contradict each other.

use super::*;

/// Returns the states of a process that runs another program and is not connected to.
fn upgraded_and_silent() -> States {
    States {
        endpoint: EndpointState::Refused,
        nonce: NonceState::Skipped,
        peer: PeerState::NotListening,
        digest: DigestState::Different,
        exe: ExeState::Other,
        ..good()
    }
}

/// Returns the states of a daemon that runs and does not answer.
fn hung() -> States {
    States {
        nonce: NonceState::Silent,
        ..good()
    }
}

#[test]
fn only_a_younger_process_makes_a_pid_reused() {
    let mismatch = (Verdict::Mismatch, Some(Reason::DigestMismatch));
    let reused = (Verdict::NotRunning, Some(Reason::PidReused));
    for (start, decision) in [
        (StartState::BeforeRecord, mismatch),
        (StartState::Unreadable, mismatch),
        (StartState::AfterRecord, reused),
        (StartState::Unusable, mismatch),
    ] {
        let states = States {
            start,
            ..upgraded_and_silent()
        };
        assert_eq!(decide(&states, false), decision, "{start:?}");
    }
}

#[test]
fn a_process_that_may_hold_the_socket_is_never_gone() {
    for &peer in PeerState::ALL {
        for boot in [BootState::Same, BootState::Other] {
            let states = States {
                start: StartState::AfterRecord,
                user: UserState::Other,
                peer,
                boot,
                ..upgraded_and_silent()
            };
            let is_gone = decide(&states, false).0 == Verdict::NotRunning;
            let is_held = matches!(
                peer,
                PeerState::Recorded | PeerState::HandedOver | PeerState::Listening
            );
            assert!(!(is_gone && is_held), "{states:?}");
            assert!(is_gone || peer != PeerState::NotListening, "{states:?}");
        }
    }
}

#[test]
fn a_late_start_is_outweighed_only_as_the_owner_of_the_record() {
    for (start, reason) in [
        (StartState::AfterRecord, Reason::YoungerProcess),
        (StartState::Unusable, Reason::TimeUnusable),
        (StartState::Unreadable, Reason::ProcessUnreadable),
    ] {
        let states = States { start, ..good() };
        assert_eq!(
            decide(&states, false),
            (Verdict::Verified, Some(Reason::Warnings))
        );
        for user in [UserState::Changed, UserState::Other, UserState::Skipped] {
            let states = States { user, ..states };
            let decision = (Verdict::Indeterminate, Some(reason));
            assert_eq!(decide(&states, false), decision, "{states:?}");
        }
        let silent = States { start, ..hung() };
        let decision = (Verdict::Indeterminate, Some(reason));
        assert_eq!(decide(&silent, false), decision, "{silent:?}");
    }
}

#[test]
fn boot_ids_that_the_clocks_contradict_prove_nothing() {
    let contradicted = |states| States {
        boot: BootState::Contradicted,
        ..states
    };
    let doubt = (Verdict::Indeterminate, Some(Reason::BootContradicted));
    let exited = States {
        pid: PidState::Exited,
        endpoint: EndpointState::Refused,
        nonce: NonceState::Skipped,
        peer: PeerState::Skipped,
        ..good()
    };
    for states in [good(), hung(), exited] {
        let states = contradicted(states);
        assert_eq!(decide(&states, false), doubt, "{states:?}");
        assert_eq!(proof_of_death(&states), None);
    }
    let stranger = contradicted(States {
        peer: PeerState::Stranger,
        ..good()
    });
    let squatted = (Verdict::Mismatch, Some(Reason::Squatted));
    assert_eq!(decide(&stranger, false), squatted);
}

#[test]
fn a_path_alone_is_no_mismatch() {
    let states = States {
        exe: ExeState::Other,
        ..good()
    };
    assert_eq!(decide(&states, false).0, Verdict::Verified);
    let unknown = States {
        digest: DigestState::NotSupplied,
        ..states
    };
    assert_eq!(decide(&unknown, false).0, Verdict::Indeterminate);
}

#[test]
fn strict_turns_any_warning_into_doubt() {
    for spoil in [
        |states: &mut States| states.exe = ExeState::Replaced,
        |states: &mut States| states.user = UserState::Other,
        |states: &mut States| states.start = StartState::Unusable,
    ] {
        let mut states = good();
        spoil(&mut states);
        assert_eq!(
            decide(&states, true),
            (Verdict::Indeterminate, Some(Reason::Strict))
        );
    }
}
