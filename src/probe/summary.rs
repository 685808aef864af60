//! The verdict in plain words: one sentence, and what to do next.

use super::explanations::explain;
use crate::report::{Check, CheckId, Outcome, Reason, Target, Verdict};

/// What the sentences speak of.
pub(crate) struct Facts {
    /// `zccache 1.15.8`, or "the daemon".
    pub(super) daemon: String,
    pub(super) pid: String,
    pub(super) path: String,
    /// The file to name for another probe.
    pub(super) manifest: String,
    /// The file that holds the identity.
    pub(super) record: String,
    checks: Vec<(CheckId, Outcome, Option<String>, Option<String>)>,
}

/// A sentence and up to two hints.
pub(crate) struct Told {
    pub(crate) summary: String,
    pub(crate) hints: Vec<String>,
}

impl Facts {
    pub(crate) fn of(target: &Target, checks: &[Check]) -> Self {
        let manifest = target.record.as_deref().unwrap_or("RECORD");
        let record = target.identity_file.as_deref().unwrap_or(manifest);
        let daemon = match (&target.service_name, &target.service_version) {
            (Some(name), Some(version)) => format!("{name} {version}"),
            (Some(name), None) => name.clone(),
            (None, _) => "the daemon".to_owned(),
        };
        Self {
            daemon,
            pid: target
                .pid
                .map_or_else(|| "?".to_owned(), |pid| pid.to_string()),
            path: target.endpoint.as_ref().map_or_else(
                || "the endpoint".to_owned(),
                |endpoint| endpoint.path.clone(),
            ),
            manifest: manifest.to_owned(),
            record: record.to_owned(),
            checks: checks
                .iter()
                .map(|check| {
                    (
                        check.check,
                        check.outcome,
                        check.actual.clone(),
                        check.detail.clone(),
                    )
                })
                .collect(),
        }
    }

    pub(super) fn detail(&self, id: CheckId) -> &str {
        self.detail_of(id).unwrap_or("no detail")
    }

    pub(super) fn detail_of(&self, id: CheckId) -> Option<&str> {
        let (_, _, _, detail) = self.of_check(id)?;
        detail.as_deref()
    }

    pub(super) fn actual(&self, id: CheckId) -> &str {
        self.of_check(id)
            .and_then(|(_, _, actual, _)| actual.as_deref())
            .unwrap_or("somebody else")
    }

    fn of_check(&self, id: CheckId) -> Option<&(CheckId, Outcome, Option<String>, Option<String>)> {
        self.checks.iter().find(|(check, ..)| *check == id)
    }

    /// The labels of all checks with an outcome.
    pub(super) fn labels(&self, wanted: Outcome) -> String {
        let labels: Vec<&str> = self
            .checks
            .iter()
            .filter(|(_, outcome, ..)| *outcome == wanted)
            .map(|(check, ..)| check.label())
            .collect();
        labels.join(", ")
    }
}

pub(crate) fn tell(verdict: Verdict, reason: Option<Reason>, facts: &Facts) -> Told {
    let Facts { daemon, pid, .. } = facts;
    let Some(reason) = reason else {
        return Told {
            summary: format!("verified: {daemon} (PID {pid}) is the recorded process and answers"),
            hints: Vec::new(),
        };
    };
    let (sentence, hints) = explain(reason, facts);
    Told {
        summary: format!("{}: {sentence}", title(verdict)),
        hints,
    }
}

fn title(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "verified",
        Verdict::NotRunning => "not running",
        Verdict::Indeterminate => "cannot tell",
        Verdict::Mismatch => "identity mismatch",
        Verdict::Unresponsive => "unresponsive",
        Verdict::InvalidRecord => "invalid record",
    }
}
