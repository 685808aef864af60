//! Additions to the result of a command that stops a daemon: its family, and the reason why it
//! did not end.

use rpctl::Standstill;
use rpctl::control::Left;

use super::action::{Action, ActionOutcome};
use super::left;
use crate::exit_code::ExitCode;

impl Action {
    /// Adds the descendants that were signalled, or that would be.
    pub(crate) fn with_tree(mut self, descendants: Option<Vec<u32>>) -> Self {
        let Some(descendants) = descendants.filter(|descendants| !descendants.is_empty()) else {
            return self;
        };
        let clause = match (self.outcome, descendants.len()) {
            (ActionOutcome::DryRun, 1) => ", and to its descendant, if that outlives it".to_owned(),
            (ActionOutcome::DryRun, number) => {
                format!(", and to those of its {number} descendants that outlive it")
            }
            (_, 1) => "; 1 descendant that outlived it was signalled, too".to_owned(),
            (_, number) => format!("; {number} descendants that outlived it were signalled, too"),
        };
        self.summary += &clause;
        self.descendants = descendants;
        self
    }

    /// Adds the processes that are left after the end of the daemon. A daemon whose socket is
    /// served on is not stopped.
    pub(crate) fn leaving(mut self, left: &Left, hints: Vec<String>) -> Self {
        for clause in left::clauses(left) {
            self.summary = format!("{}; {clause}", self.summary);
        }
        self.left = left.processes().to_vec();
        self.left_unknown = left.unknown().map(str::to_owned);
        self.hints.extend(hints);
        if left.is_served() {
            self.outcome = ActionOutcome::StillServed;
            self.code = ExitCode::StillAlive;
            self.summary = format!("still served: {}", without_word(&self.summary));
        }
        self
    }

    /// Describes descendants that were to end with the daemon, and live on.
    pub(crate) fn outlived(mut self) -> Self {
        self.outcome = ActionOutcome::TimedOut;
        self.code = ExitCode::StillAlive;
        self.summary = format!("still alive: {}", without_word(&self.summary));
        self
    }

    /// Adds why the daemon did not end.
    pub(crate) fn standing_still(mut self, standstill: Option<Standstill>) -> Self {
        if let Some(standstill) = &standstill {
            self.summary = format!("{}; it is {standstill}", self.summary);
        }
        self.standstill = standstill;
        self
    }
}

/// Returns a summary without the word before the colon.
fn without_word(summary: &str) -> &str {
    summary.split_once(": ").map_or(summary, |(_, rest)| rest)
}
