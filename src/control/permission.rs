//! The rule that decides whether a process may be signalled: a pure function of the
//! report about it.

use crate::process::{Protected, Signal};
use crate::record::Format;
use crate::report::{CheckId, Outcome, Reason, Report, Verdict};

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
/// the executable may differ after an upgrade, because its digest is compared too. A record
/// from memory has no owner to compare. Whether a record of another user is accepted is a
/// question of [`super::Trust`].
const RECORDED_PROCESS: Proof = &[
    (CheckId::BootId, &[Outcome::Pass]),
    (CheckId::Pid, &[Outcome::Pass]),
    (
        CheckId::User,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
    (CheckId::StartTime, &[Outcome::Pass]),
    (CheckId::ExePath, &[Outcome::Pass, Outcome::Warn]),
    (CheckId::Digest, &[Outcome::Pass]),
];

/// Proof that a process that was proven before still runs the recorded program.
const RUNNING_IMAGE: Proof = &[
    (CheckId::Pid, &[Outcome::Pass]),
    (CheckId::Digest, &[Outcome::Pass]),
];

/// Proof that the recorded process itself has answered the challenge.
const OWN_ANSWER: Proof = &[
    (CheckId::Nonce, &[Outcome::Pass]),
    (CheckId::Peer, &[Outcome::Pass]),
];

/// What remains to be proven beside an own answer of a verified daemon.
const BESIDE_ANSWER: Proof = &[
    (CheckId::Pid, &[Outcome::Pass]),
    (
        CheckId::User,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
    (CheckId::ExePath, &[Outcome::Pass, Outcome::Warn]),
    (CheckId::Digest, &[Outcome::Pass]),
];

/// The checks that must not fail for a recorded instance: only its program and its users can
/// have changed since. An image that was recorded has to be compared, because the process may
/// have executed another one.
const RECORDED_INSTANCE: Proof = &[
    (
        CheckId::User,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
    (CheckId::StartTime, &[Outcome::Pass]),
    (
        CheckId::ExePath,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
    (
        CheckId::Digest,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
];

/// Proof that the process which has the number in a PID file is the daemon: it is older than
/// the file, and runs what the caller requires. The user is that of the
/// file or the required one. A process that stands still has a warning, and is the same process.
const NUMBER: Proof = &[
    (CheckId::BootId, &[Outcome::Pass]),
    (CheckId::Pid, &[Outcome::Pass, Outcome::Warn]),
    (
        CheckId::User,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
    (CheckId::StartTime, &[Outcome::Pass]),
    (CheckId::ExePath, &[Outcome::Pass, Outcome::Warn]),
];

/// Proof by the lock on a PID file.
const LOCK: Proof = &[
    (CheckId::Peer, &[Outcome::Pass]),
    (CheckId::Pid, &[Outcome::Pass, Outcome::Warn]),
    (
        CheckId::User,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
    (
        CheckId::ExePath,
        &[Outcome::Pass, Outcome::Warn, Outcome::Skip],
    ),
];

/// Decides whether `report` permits `signal`.
///
/// Every signal needs the same proof that the process is the recorded one. SIGKILL, the last
/// resort, is permitted whatever answers on the endpoint; any other signal only if the daemon is
/// verified, or if its process is proven and only does not answer.
///
/// # Errors
///
/// [`Denial::AlreadyGone`] if the daemon is not running, [`Denial::Evidence`] if the
/// verdict is in favour and the proof is incomplete, else [`Denial::Verdict`].
pub fn permits(report: &Report, signal: Signal) -> Result<(), Denial> {
    use Verdict::{InvalidRecord, NoRecord, NotRunning, Unresponsive, Verified};

    let verdict = report.verdict;
    match verdict {
        NotRunning => Err(Denial::AlreadyGone),
        InvalidRecord | NoRecord => Err(Denial::Verdict { verdict }),
        // No other verdict is about a proven process.
        _ if is_number(report) && verdict != Verified => Err(Denial::Verdict { verdict }),
        Verified | Unresponsive => require(verdict, missing_proof(report)),
        _ if signal == Signal::Kill && report.reason != Some(Reason::EndpointDiffers) => {
            require(verdict, missing_proof(report))
        }
        _ => Err(Denial::Verdict { verdict }),
    }
}

/// Denies a signal for which proof is `missing`. The checks are named only if the verdict
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

/// Returns the checks that have not proven the recorded process. In a verified report, an
/// own answer makes up for some: the verdict has compared the users for that.
fn missing_proof(report: &Report) -> Vec<CheckId> {
    let has_answered =
        report.verdict == Verdict::Verified && missing(report, OWN_ANSWER).is_empty();
    missing(
        report,
        if report.is_recorded_instance {
            RECORDED_INSTANCE
        } else if is_number(report) {
            proof_of_number(report)
        } else if has_answered {
            BESIDE_ANSWER
        } else {
            RECORDED_PROCESS
        },
    )
}

/// Returns whether the process of an earlier proof still runs what was proven.
pub(super) fn still_runs_it(report: &Report) -> bool {
    let proof = if report.is_recorded_instance {
        RECORDED_INSTANCE
    } else if is_number(report) {
        proof_of_number(report)
    } else {
        RUNNING_IMAGE
    };
    missing(report, proof).is_empty()
}

fn is_number(report: &Report) -> bool {
    report.target.format == Some(Format::PidFile.name())
}

fn proof_of_number(report: &Report) -> Proof {
    if missing(report, LOCK).is_empty() {
        LOCK
    } else {
        NUMBER
    }
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
mod tests;
