//! The result of pruning the registry.

use rpctl::Report;
use rpctl::control::KeepReason;

use crate::exit_code::ExitCode;

/// Every record of the registry with its outcome.
#[derive(Debug)]
pub(crate) struct PruneReport {
    pub(crate) dry_run: bool,
    pub(crate) entries: Vec<PruneEntry>,
}

/// A record, and whether it was removed.
#[derive(Debug)]
pub(crate) struct PruneEntry {
    pub(crate) report: Report,
    pub(crate) outcome: PruneOutcome,
}

#[derive(Debug)]
pub(crate) enum PruneOutcome {
    /// The files that were removed, or that would be; the record comes first.
    Pruned(Vec<String>),
    Kept {
        why: KeepReason,
        /// The explanation, unless the verdict is one.
        detail: Option<String>,
    },
}

impl PruneReport {
    /// Returns success, unless a stale record could not be removed.
    pub(crate) fn code(&self) -> ExitCode {
        if self.entries.iter().any(|entry| entry.outcome.is_refusal()) {
            ExitCode::Refused
        } else {
            ExitCode::Proven
        }
    }

    /// Returns the hints about records that were kept.
    pub(crate) fn hints(&self) -> Vec<String> {
        let has = |wanted: KeepReason| {
            let is_wanted = |entry: &PruneEntry| matches!(entry.outcome, PruneOutcome::Kept { why, .. } if why == wanted);
            self.entries.iter().any(is_wanted)
        };
        let untrusted = "make such a record yours alone (chmod go-w, chown), or remove it yourself";
        let failed = "run it as the owner of the directory, or as root";
        [
            (KeepReason::Untrusted, untrusted),
            (KeepReason::Failed, failed),
        ]
        .into_iter()
        .filter(|(why, _)| has(*why))
        .map(|(_, hint)| hint.to_owned())
        .collect()
    }
}

impl PruneOutcome {
    /// Returns whether a stale record could not be removed.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Kept { why, .. } if why.is_refusal())
    }
}
