//! The rule of permission: examples, and an independent statement of it.

use std::time::Duration;

use super::*;
use crate::report::{Check, Target};

/// Returns a report in which every check has passed except those in `spoiled`.
fn report(verdict: Verdict, spoiled: &[(CheckId, Outcome)]) -> Report {
    let outcome = |id: CheckId| {
        let spoiled = spoiled.iter().find(|(spoiled, _)| *spoiled == id);
        spoiled.map_or(Outcome::Pass, |(_, outcome)| *outcome)
    };
    Report {
        is_recorded_instance: false,
        verdict,
        reason: None,
        summary: String::new(),
        target: Target::default(),
        process: None,
        checks: CheckId::ALL
            .iter()
            .map(|&check| Check {
                check,
                outcome: outcome(check),
                expected: None,
                actual: None,
                detail: None,
                elapsed: Duration::ZERO,
            })
            .collect(),
        standstill: None,
        elapsed: Duration::ZERO,
    }
}

const SILENT: (CheckId, Outcome) = (CheckId::Nonce, Outcome::Fail);

#[test]
fn a_hung_daemon_is_stopped_if_all_but_the_answer_is_proven() {
    let hung = report(Verdict::Unresponsive, &[SILENT]);
    let outdated = report(
        Verdict::Unresponsive,
        &[SILENT, (CheckId::ExePath, Outcome::Warn)],
    );
    for stop in [Signal::Term, Signal::Kill] {
        assert_eq!(permits(&hung, stop), Ok(()));
        assert_eq!(permits(&outdated, stop), Ok(()));
    }
}

/// Returns the report on the number in a PID file: what it cannot have is skipped.
fn number(verdict: Verdict, spoiled: &[(CheckId, Outcome)]) -> Report {
    let absent = [
        CheckId::Host,
        CheckId::Endpoint,
        CheckId::Peer,
        CheckId::Nonce,
        CheckId::Digest,
    ];
    let absent = absent.map(|id| (id, Outcome::Skip));
    let mut report = report(verdict, &[spoiled, &absent].concat());
    report.target.format = Some(Format::PidFile.name());
    report
}

#[test]
fn a_number_needs_its_program_and_a_time_or_a_lock() {
    let lock = (CheckId::Peer, Outcome::Pass);
    let unknown = (CheckId::StartTime, Outcome::Unknown);
    let skipped = (CheckId::ExePath, Outcome::Skip);
    for signal in [Signal::Term, Signal::Kill, Signal::Hup] {
        let permitted = |verdict, spoiled: &[_]| permits(&number(verdict, spoiled), signal).is_ok();
        assert!(permitted(Verdict::Verified, &[]));
        assert!(permitted(Verdict::Verified, &[lock, unknown, skipped]));
        for id in [
            CheckId::BootId,
            CheckId::Pid,
            CheckId::StartTime,
            CheckId::ExePath,
        ] {
            assert!(!permitted(Verdict::Verified, &[(id, Outcome::Unknown)]));
        }
        // A process that stands still.
        let still = (CheckId::Pid, Outcome::Warn);
        assert!(permitted(Verdict::Verified, &[still]));
        assert!(permitted(
            Verdict::Verified,
            &[still, lock, unknown, skipped]
        ));
        assert!(!permitted(Verdict::Verified, &[skipped]));
        for verdict in [Verdict::Indeterminate, Verdict::Mismatch] {
            assert!(!permitted(verdict, &[lock]));
        }
    }
}

#[test]
fn without_an_answer_every_other_proof_is_needed() {
    for id in [
        CheckId::User,
        CheckId::BootId,
        CheckId::Pid,
        CheckId::StartTime,
        CheckId::ExePath,
        CheckId::Digest,
    ] {
        for outcome in [Outcome::Fail, Outcome::Unknown, Outcome::Skip] {
            // A record from memory has no owner.
            if (id, outcome) == (CheckId::User, Outcome::Skip) {
                continue;
            }
            let report = report(Verdict::Unresponsive, &[SILENT, (id, outcome)]);
            for stop in [Signal::Term, Signal::Kill] {
                let denial = Denial::Evidence { checks: vec![id] };
                assert_eq!(permits(&report, stop), Err(denial));
            }
        }
    }
}

/// Returns the report on the exact instance of a process record.
fn instance(verdict: Verdict, spoiled: &[(CheckId, Outcome)]) -> Report {
    Report {
        is_recorded_instance: true,
        ..report(verdict, spoiled)
    }
}

#[test]
fn the_exact_instance_needs_no_answer_and_no_digest() {
    let unasked = (CheckId::Nonce, Outcome::Skip);
    for outcome in [Outcome::Pass, Outcome::Warn, Outcome::Skip] {
        let spoiled = [
            unasked,
            (CheckId::ExePath, outcome),
            (CheckId::Digest, outcome),
        ];
        for verdict in [Verdict::Verified, Verdict::Unresponsive] {
            for signal in [Signal::Term, Signal::Kill] {
                assert_eq!(permits(&instance(verdict, &spoiled), signal), Ok(()));
            }
        }
        let any = report(Verdict::Indeterminate, &spoiled);
        assert!(permits(&any, Signal::Term).is_err());
    }
}

#[test]
fn an_instance_whose_image_cannot_be_compared_is_spared() {
    for id in [CheckId::ExePath, CheckId::Digest] {
        let hidden = instance(Verdict::Indeterminate, &[(id, Outcome::Unknown)]);
        for signal in [Signal::Term, Signal::Kill] {
            assert!(permits(&hidden, signal).is_err());
        }
        assert!(!still_runs_it(&hidden));
    }
}

#[test]
fn another_program_or_user_in_the_instance_is_spared() {
    for id in [CheckId::ExePath, CheckId::Digest, CheckId::User] {
        let other = instance(Verdict::Mismatch, &[(id, Outcome::Fail)]);
        for signal in [Signal::Term, Signal::Kill] {
            let verdict = Verdict::Mismatch;
            let denial = Err(Denial::Verdict { verdict });
            assert_eq!(permits(&other, signal), denial);
        }
        assert!(!still_runs_it(&other));
    }
    let taken = instance(Verdict::Mismatch, &[(CheckId::Peer, Outcome::Fail)]);
    assert!(permits(&taken, Signal::Term).is_err());
    assert_eq!(permits(&taken, Signal::Kill), Ok(()));
}

#[test]
fn an_own_answer_outweighs_a_late_start() {
    let late = (CheckId::StartTime, Outcome::Warn);
    let verified = report(Verdict::Verified, &[late]);
    assert_eq!(permits(&verified, Signal::Term), Ok(()));
    assert_eq!(permits(&verified, Signal::Kill), Ok(()));
    // The kernel does not confirm that the process answered.
    let unresolved = report(
        Verdict::Indeterminate,
        &[late, (CheckId::Peer, Outcome::Unknown)],
    );
    assert!(permits(&unresolved, Signal::Kill).is_err());
}

#[test]
fn only_sigkill_looks_past_the_endpoint() {
    let squatted = report(Verdict::Mismatch, &[(CheckId::Peer, Outcome::Fail)]);
    let denial = Denial::Verdict {
        verdict: Verdict::Mismatch,
    };
    for &signal in Signal::ALL {
        let permitted = match signal {
            Signal::Kill => Ok(()),
            _ => Err(denial.clone()),
        };
        assert_eq!(permits(&squatted, signal), permitted, "{signal:?}");
    }

    let mut other_endpoint = squatted;
    other_endpoint.reason = Some(Reason::EndpointDiffers);
    assert_eq!(permits(&other_endpoint, Signal::Kill), Err(denial));
}

#[test]
fn a_daemon_that_is_gone_or_invalid_is_never_signalled() {
    for stop in [Signal::Term, Signal::Kill] {
        let gone = report(Verdict::NotRunning, &[]);
        assert_eq!(permits(&gone, stop), Err(Denial::AlreadyGone));
        let verdict = Verdict::InvalidRecord;
        let denial = Denial::Verdict { verdict };
        assert_eq!(permits(&report(verdict, &[]), stop), Err(denial));
    }
}

#[test]
fn a_verdict_with_doubts_outweighs_no_late_start() {
    for outcome in [Outcome::Warn, Outcome::Unknown] {
        let late = (CheckId::StartTime, outcome);
        for verdict in [
            Verdict::Indeterminate,
            Verdict::Mismatch,
            Verdict::Unresponsive,
        ] {
            for stop in [Signal::Term, Signal::Kill] {
                assert!(permits(&report(verdict, &[late]), stop).is_err());
            }
        }
    }
}

/// The checks on which a permission can depend.
const RELEVANT: [CheckId; 8] = [
    CheckId::Peer,
    CheckId::Nonce,
    CheckId::BootId,
    CheckId::Pid,
    CheckId::User,
    CheckId::StartTime,
    CheckId::ExePath,
    CheckId::Digest,
];

/// States the rule: a signal needs proof that cannot be reuse. That is an answer from the
/// process, which the verdict has found to run as the owner of the record, or the image, the
/// user and a usable start time together, in this boot.
fn stated(stop: Signal, verdict: Verdict, outcomes: [Outcome; 8]) -> bool {
    use Outcome::{Fail, Pass, Unknown, Warn};
    let [peer, nonce, boot, pid, user, start, exe, digest] = outcomes;
    let runs_it = pid == Pass && digest == Pass && (exe == Pass || exe == Warn);
    let no_other_user = user != Fail && user != Unknown;
    let was_there = boot == Pass && start == Pass;
    let has_answered = verdict == Verdict::Verified && nonce == Pass && peer == Pass;
    let may_act = match (stop, verdict) {
        (_, Verdict::NotRunning | Verdict::InvalidRecord | Verdict::NoRecord) => false,
        (Signal::Kill, _) => true,
        (_, _) => verdict == Verdict::Verified || verdict == Verdict::Unresponsive,
    };
    may_act && runs_it && no_other_user && (was_there || has_answered)
}

#[test]
fn every_combination_is_permitted_as_the_rule_states() {
    for &verdict in Verdict::ALL {
        let mut report = report(verdict, &[]);
        report
            .checks
            .retain(|check| RELEVANT.contains(&check.check));
        let count = Outcome::ALL.len();
        for combination in 0..count.pow(8) {
            let mut rest = combination;
            let outcomes = [(); 8].map(|()| {
                let outcome = Outcome::ALL[rest % count];
                rest /= count;
                outcome
            });
            for (check, outcome) in report.checks.iter_mut().zip(outcomes) {
                check.outcome = outcome;
            }
            for stop in [Signal::Term, Signal::Kill] {
                let is_permitted = permits(&report, stop).is_ok();
                let is_stated = stated(stop, verdict, outcomes);
                assert_eq!(is_permitted, is_stated, "{stop:?} {verdict} {outcomes:?}");
            }
        }
    }
}
