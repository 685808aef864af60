//! The rule that decides whether a process may be stopped: a pure function of the
//! report about it.

use crate::process::{Protected, Signal};
use crate::report::{CheckId, Outcome, Reason, Report, Verdict};

/// The signal that stops a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    /// SIGTERM, which asks the process to exit. Permitted if the daemon is verified,
    /// or if the process is proven to be the recorded one and only does not answer.
    Terminate,
    /// SIGKILL, the last resort. Permitted if the process is proven to be the recorded
    /// one, whatever answers on its endpoint.
    Kill,
}

impl StopSignal {
    /// Returns the signal.
    #[must_use]
    pub fn signal(self) -> Signal {
        match self {
            Self::Terminate => Signal::Term,
            Self::Kill => Signal::Kill,
        }
    }

    /// Returns the name of the signal, as `SIGTERM`.
    #[must_use]
    pub fn signal_name(self) -> &'static str {
        self.signal().name()
    }
}

/// Whether a record must be protected from other users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// A record that users other than its owner and root could have written is
    /// refused.
    #[default]
    Required,
    /// Any record is accepted.
    Waived,
}

/// The reason why a process is not signalled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// The process has already exited.
    #[error("the daemon is already gone")]
    AlreadyGone,
    /// The verdict speaks against it.
    #[error("{verdict}: nothing was signalled")]
    Verdict {
        /// The verdict.
        verdict: Verdict,
    },
    /// The verdict does not speak against it, but the process is not proven to be the
    /// recorded one.
    #[error(
        "the evidence is incomplete ({}): nothing was signalled",
        labels(checks)
    )]
    Evidence {
        /// The checks that would have to pass and did not.
        checks: Vec<CheckId>,
    },
    /// Other users could have written the record.
    #[error("the record cannot be trusted ({detail}): nothing was signalled")]
    Untrusted {
        /// The findings about the record.
        detail: String,
    },
    /// The process is never signalled, whatever the record says.
    #[error("PID {pid} {}: it is never signalled", .what.description())]
    Protected {
        /// PID of the recorded process.
        pid: u32,
        /// Kind of protected process.
        what: Protected,
    },
}

fn labels(checks: &[CheckId]) -> String {
    let labels: Vec<&str> = checks.iter().map(|check| check.label()).collect();
    labels.join(", ")
}

/// Checks with the outcomes that count as proof.
type Proof = &'static [(CheckId, &'static [Outcome])];

/// Proof that the process is the recorded one, without an answer from it. The path of
/// the executable may differ after an upgrade, because its digest is compared too.
const RECORDED_PROCESS: Proof = &[
    (CheckId::BootId, &[Outcome::Pass]),
    (CheckId::Pid, &[Outcome::Pass]),
    (CheckId::StartTime, &[Outcome::Pass]),
    (CheckId::ExePath, &[Outcome::Pass, Outcome::Warn]),
    (CheckId::Digest, &[Outcome::Pass]),
];

/// Proof that the recorded process itself has answered the challenge.
const OWN_ANSWER: Proof = &[
    (CheckId::Nonce, &[Outcome::Pass]),
    (CheckId::Peer, &[Outcome::Pass]),
];

/// Decides whether `report` permits `stop`.
///
/// # Errors
///
/// [`Denial::AlreadyGone`] if the daemon is not running, [`Denial::Evidence`] if the
/// verdict is in favour and the proof is incomplete, else [`Denial::Verdict`].
pub fn permits(report: &Report, stop: StopSignal) -> Result<(), Denial> {
    use StopSignal::{Kill, Terminate};
    use Verdict::{InvalidRecord, NotRunning, Unresponsive, Verified};

    let verdict = report.verdict;
    match (stop, verdict) {
        (_, NotRunning) => Err(Denial::AlreadyGone),
        (_, InvalidRecord) => Err(Denial::Verdict { verdict }),
        (Terminate, Verified) => Ok(()),
        (Terminate, Unresponsive) => require(verdict, missing(report, RECORDED_PROCESS)),
        (Kill, _) if report.reason != Some(Reason::EndpointDiffers) => {
            require(verdict, missing_for_kill(report))
        }
        _ => Err(Denial::Verdict { verdict }),
    }
}

/// Denies a stop for which proof is `missing`. The checks are named only if the verdict
/// is not itself the reason.
fn require(verdict: Verdict, missing: Vec<CheckId>) -> Result<(), Denial> {
    if missing.is_empty() {
        Ok(())
    } else if matches!(verdict, Verdict::Verified | Verdict::Unresponsive) {
        Err(Denial::Evidence { checks: missing })
    } else {
        Err(Denial::Verdict { verdict })
    }
}

/// Returns the checks that have not proven the recorded process. Its own answer
/// outweighs a start time that only may be the recorded one.
fn missing_for_kill(report: &Report) -> Vec<CheckId> {
    let mut missing = missing(report, RECORDED_PROCESS);
    if self::missing(report, OWN_ANSWER).is_empty() {
        missing.retain(|&check| check != CheckId::StartTime);
    }
    missing
}

/// Returns the checks of `proof` that `report` does not give.
fn missing(report: &Report, proof: Proof) -> Vec<CheckId> {
    let is_given = |id: CheckId, accepted: &[Outcome]| {
        report
            .check(id)
            .is_some_and(|check| accepted.contains(&check.outcome))
    };
    proof
        .iter()
        .filter(|(id, accepted)| !is_given(*id, accepted))
        .map(|&(id, _)| id)
        .collect()
}

#[cfg(test)]
mod tests {
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
            verdict,
            reason: None,
            summary: String::new(),
            target: Target::default(),
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
        for stop in [StopSignal::Terminate, StopSignal::Kill] {
            assert_eq!(permits(&hung, stop), Ok(()));
            assert_eq!(permits(&outdated, stop), Ok(()));
        }
    }

    #[test]
    fn without_an_answer_every_other_proof_is_needed() {
        for id in [
            CheckId::BootId,
            CheckId::Pid,
            CheckId::StartTime,
            CheckId::ExePath,
            CheckId::Digest,
        ] {
            for outcome in [Outcome::Fail, Outcome::Unknown, Outcome::Skip] {
                let report = report(Verdict::Unresponsive, &[SILENT, (id, outcome)]);
                for stop in [StopSignal::Terminate, StopSignal::Kill] {
                    let denial = Denial::Evidence { checks: vec![id] };
                    assert_eq!(permits(&report, stop), Err(denial));
                }
            }
        }
    }

    #[test]
    fn an_own_answer_outweighs_a_late_start() {
        let late = (CheckId::StartTime, Outcome::Warn);
        let verified = report(Verdict::Verified, &[late]);
        assert_eq!(permits(&verified, StopSignal::Terminate), Ok(()));
        assert_eq!(permits(&verified, StopSignal::Kill), Ok(()));
        // The kernel does not confirm that the process answered.
        let unresolved = report(
            Verdict::Indeterminate,
            &[late, (CheckId::Peer, Outcome::Unknown)],
        );
        assert!(permits(&unresolved, StopSignal::Kill).is_err());
    }

    #[test]
    fn kill_looks_past_the_endpoint_and_shutdown_does_not() {
        let squatted = report(Verdict::Mismatch, &[(CheckId::Peer, Outcome::Fail)]);
        assert_eq!(permits(&squatted, StopSignal::Kill), Ok(()));
        let denial = Denial::Verdict {
            verdict: Verdict::Mismatch,
        };
        assert_eq!(
            permits(&squatted, StopSignal::Terminate),
            Err(denial.clone())
        );

        let mut other_endpoint = squatted;
        other_endpoint.reason = Some(Reason::EndpointDiffers);
        assert_eq!(permits(&other_endpoint, StopSignal::Kill), Err(denial));
    }

    #[test]
    fn a_daemon_that_is_gone_or_invalid_is_never_signalled() {
        for stop in [StopSignal::Terminate, StopSignal::Kill] {
            let gone = report(Verdict::NotRunning, &[]);
            assert_eq!(permits(&gone, stop), Err(Denial::AlreadyGone));
            let verdict = Verdict::InvalidRecord;
            let denial = Denial::Verdict { verdict };
            assert_eq!(permits(&report(verdict, &[]), stop), Err(denial));
        }
    }
}
