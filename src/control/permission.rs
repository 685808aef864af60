//! Whether the evidence allows a process to be stopped.

use crate::report::{CheckId, Outcome, Reason, Report, Verdict};

/// How a process is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopSignal {
    /// Ask it to terminate (SIGTERM). Requires that the daemon is verified, or
    /// that it is the recorded process and merely does not answer.
    Terminate,
    /// Kill it (SIGKILL): the last resort, which does not rely on the endpoint.
    Kill,
}

impl StopSignal {
    /// The name of the signal.
    #[must_use]
    pub fn signal_name(self) -> &'static str {
        match self {
            Self::Terminate => "SIGTERM",
            Self::Kill => "SIGKILL",
        }
    }
}

/// Why nothing is signalled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denial {
    /// The daemon is already gone.
    #[error("the daemon is already gone")]
    AlreadyGone,
    /// The verdict speaks against it.
    #[error("{verdict}: nothing was signalled")]
    Verdict {
        /// The verdict.
        verdict: Verdict,
    },
    /// The evidence is not against it, and not enough for it.
    #[error(
        "the evidence is incomplete ({}): nothing was signalled",
        labels(checks)
    )]
    Evidence {
        /// The checks that did not pass and would have to.
        checks: Vec<CheckId>,
    },
    /// Somebody else could have written the record.
    #[error("the record cannot be trusted ({detail}): nothing was signalled")]
    Untrusted {
        /// What is suspicious about it.
        detail: String,
    },
    /// This process is never signalled.
    #[error("PID {pid} {}: it is never signalled", .what.description())]
    Protected {
        /// The recorded process.
        pid: u32,
        /// What it is.
        what: Protected,
    },
}

/// A process that is never signalled, whatever a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protected {
    /// The caller itself.
    Caller,
    /// The caller's parent, or a process further above.
    Ancestor,
    /// The caller may descend from it: a process in between is hidden, or the
    /// system has no more descriptors to look with.
    PerhapsAncestor,
    /// The first process.
    Init,
    /// A thread of the kernel.
    KernelThread,
}

impl Protected {
    fn description(self) -> &'static str {
        match self {
            Self::Caller => "is this very process",
            Self::Ancestor => "is an ancestor of this process",
            Self::PerhapsAncestor => {
                "may be an ancestor of this process, and what is in between cannot be examined"
            }
            Self::Init => "is the init process",
            Self::KernelThread => "is a kernel thread",
        }
    }
}

fn labels(checks: &[CheckId]) -> String {
    let labels: Vec<&str> = checks.iter().map(|check| check.label()).collect();
    labels.join(", ")
}

/// Whether the evidence allows it: a pure function of the report.
///
/// # Errors
///
/// [`Denial::AlreadyGone`], [`Denial::Verdict`] or [`Denial::Evidence`].
pub fn judge(report: &Report, stop: StopSignal) -> Result<(), Denial> {
    let verdict = report.verdict;
    let is_possible = match (stop, verdict) {
        (_, Verdict::NotRunning) => return Err(Denial::AlreadyGone),
        (_, Verdict::InvalidManifest) => return Err(Denial::Verdict { verdict }),
        (StopSignal::Terminate, Verdict::Verified) => return Ok(()),
        (StopSignal::Terminate, verdict) => verdict == Verdict::Unresponsive,
        // Whoever sits on the endpoint says nothing about the process.
        (StopSignal::Kill, _) => report.reason != Some(Reason::EndpointDiffers),
    };
    let missing = missing_evidence(report, stop);
    if is_possible && missing.is_empty() {
        Ok(())
    } else if matches!(verdict, Verdict::Verified | Verdict::Unresponsive) {
        Err(Denial::Evidence { checks: missing })
    } else {
        Err(Denial::Verdict { verdict })
    }
}

/// The checks that must have passed for a stop that does not rest on an answer,
/// and did not.
fn missing_evidence(report: &Report, stop: StopSignal) -> Vec<CheckId> {
    use Outcome::{Pass, Warn};
    let outcome = |id| {
        report
            .check(id)
            .map_or(Outcome::Unknown, |check| check.outcome)
    };
    let answers_itself = outcome(CheckId::Nonce) == Pass && outcome(CheckId::Peer) == Pass;
    let required: [(CheckId, bool); 5] = [
        (CheckId::BootId, outcome(CheckId::BootId) == Pass),
        (CheckId::Pid, outcome(CheckId::Pid) == Pass),
        (
            CheckId::StartTime,
            outcome(CheckId::StartTime) == Pass || (stop == StopSignal::Kill && answers_itself),
        ),
        (
            CheckId::ExePath,
            matches!(outcome(CheckId::ExePath), Pass | Warn),
        ),
        (CheckId::Digest, outcome(CheckId::Digest) == Pass),
    ];
    required
        .into_iter()
        .filter_map(|(check, holds)| (!holds).then_some(check))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::report::{Check, Target};

    /// A report in which every check has passed but those in `spoiled`.
    fn report(verdict: Verdict, spoiled: &[(CheckId, Outcome)]) -> Report {
        let outcome = |id: CheckId| {
            let spoiled = spoiled.iter().find(|(spoiled, _)| *spoiled == id);
            spoiled.map_or(Outcome::Pass, |(_, outcome)| *outcome)
        };
        Report {
            verdict,
            reason: None,
            summary: String::new(),
            hints: Vec::new(),
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
    fn a_hung_daemon_is_stopped_when_all_but_the_answer_is_proven() {
        let hung = report(Verdict::Unresponsive, &[SILENT]);
        let outdated = report(
            Verdict::Unresponsive,
            &[SILENT, (CheckId::ExePath, Outcome::Warn)],
        );
        for stop in [StopSignal::Terminate, StopSignal::Kill] {
            assert_eq!(judge(&hung, stop), Ok(()));
            assert_eq!(judge(&outdated, stop), Ok(()));
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
                    assert_eq!(judge(&report, stop), Err(denial));
                }
            }
        }
    }

    #[test]
    fn a_late_start_is_outweighed_by_an_answer_of_that_very_process() {
        let late = (CheckId::StartTime, Outcome::Warn);
        let verified = report(Verdict::Verified, &[late]);
        assert_eq!(judge(&verified, StopSignal::Terminate), Ok(()));
        assert_eq!(judge(&verified, StopSignal::Kill), Ok(()));
        // An answer that the kernel does not tie to the process is none.
        let unresolved = report(
            Verdict::Indeterminate,
            &[late, (CheckId::Peer, Outcome::Unknown)],
        );
        assert!(judge(&unresolved, StopSignal::Kill).is_err());
    }

    #[test]
    fn kill_looks_past_the_endpoint_and_shutdown_does_not() {
        let squatted = report(Verdict::Mismatch, &[(CheckId::Peer, Outcome::Fail)]);
        assert_eq!(judge(&squatted, StopSignal::Kill), Ok(()));
        let denial = Denial::Verdict {
            verdict: Verdict::Mismatch,
        };
        assert_eq!(judge(&squatted, StopSignal::Terminate), Err(denial.clone()));

        let mut other_endpoint = squatted;
        other_endpoint.reason = Some(Reason::EndpointDiffers);
        assert_eq!(judge(&other_endpoint, StopSignal::Kill), Err(denial));
    }

    #[test]
    fn what_is_gone_or_invalid_is_never_signalled() {
        for stop in [StopSignal::Terminate, StopSignal::Kill] {
            let gone = report(Verdict::NotRunning, &[]);
            assert_eq!(judge(&gone, stop), Err(Denial::AlreadyGone));
            let verdict = Verdict::InvalidManifest;
            let denial = Denial::Verdict { verdict };
            assert_eq!(judge(&report(verdict, &[]), stop), Err(denial));
        }
    }
}
