//! The result of pruning the registry.

use rpctl::control::KeepReason;
use rpctl::{Reason, Report, Target, Verdict};
use serde::{Serialize, Serializer};

use crate::exit_code::ExitCode;
use crate::words::Words;

/// Every record of the registry with its outcome.
#[derive(Debug)]
pub(crate) struct PruneReport {
    pub(crate) dry_run: bool,
    /// Whether the caller named the records.
    pub(crate) is_named: bool,
    pub(crate) entries: Vec<PruneEntry>,
}

/// A record, and whether it was removed.
#[derive(Debug, Serialize)]
pub(crate) struct PruneEntry {
    #[serde(flatten, serialize_with = "verdict_and_target")]
    pub(crate) report: Report,
    #[serde(flatten)]
    pub(crate) outcome: PruneOutcome,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum PruneOutcome {
    /// The files that were removed, or that would be; the record comes first.
    Pruned { removed: Vec<String> },
    Kept {
        why: KeepReason,
        /// The explanation; if the verdict is one, its summary.
        detail: Option<String>,
        /// What to do about an error of the system.
        #[serde(skip)]
        advice: Option<String>,
    },
}

/// Writes the keys of a report that explain why its record is removed or kept.
fn verdict_and_target<S: Serializer>(report: &Report, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Keys<'a> {
        verdict: Verdict,
        reason: Option<Reason>,
        summary: &'a str,
        target: &'a Target,
    }
    let keys = Keys {
        verdict: report.verdict,
        reason: report.reason,
        summary: &report.summary,
        target: &report.target,
    };
    keys.serialize(serializer)
}

impl PruneReport {
    /// Returns success, unless a stale record could not be removed, or a record that was named
    /// could not be read.
    pub(crate) fn code(&self) -> ExitCode {
        let is_unread = |entry: &PruneEntry| {
            let verdict = entry.report.verdict;
            matches!(verdict, Verdict::InvalidRecord | Verdict::NoRecord)
        };
        if self.entries.iter().any(|entry| entry.outcome.is_refusal()) {
            ExitCode::Refused
        } else if self.is_named && self.entries.iter().any(is_unread) {
            ExitCode::InvalidRecord
        } else {
            ExitCode::Proven
        }
    }

    /// Returns the hints about records that were kept.
    pub(crate) fn hints(&self) -> Vec<String> {
        let untrusted = Words::HERE.make_records_private();
        let mut hints: Vec<&str> = Vec::new();
        for entry in &self.entries {
            let hint = match &entry.outcome {
                PruneOutcome::Kept { advice, .. } if advice.is_some() => advice.as_deref(),
                PruneOutcome::Kept {
                    why: KeepReason::Untrusted,
                    ..
                } => Some(untrusted),
                PruneOutcome::Kept {
                    why: KeepReason::NoRecord,
                    ..
                } => Some("check the name; rpctl list shows the records of your registry"),
                _ => None,
            };
            hints.extend(hint.filter(|hint| !hints.contains(hint)));
        }
        hints.into_iter().map(str::to_owned).collect()
    }
}

impl PruneOutcome {
    /// Returns the files that were removed: the record, and the socket if it was dead.
    pub(crate) fn removed(&self) -> &[String] {
        match self {
            Self::Pruned { removed } => removed,
            Self::Kept { .. } => &[],
        }
    }

    /// Returns whether a stale record could not be removed.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Kept { why, .. } if why.is_refusal())
    }
}
