//! Whether a probed process may be signalled: the grant, or the rule that forbids it.

use super::grant::Grant;
use super::permission::{Denial, permits};
use crate::platform::PinnedProcess;
use crate::probe::ProbeReport;
use crate::process::{Signal, Trust, protection};
use crate::report::{CheckId, Outcome, Report};

/// A refusal to give a [`Grant`].
#[derive(Debug, thiserror::Error)]
#[error("{denial}")]
#[non_exhaustive]
pub struct Refused {
    /// The first rule that forbids the signal.
    #[source]
    pub denial: Denial,
    /// The report that was asked for the grant.
    pub report: ProbeReport,
}

impl ProbeReport {
    /// Turns the report into the right to send `signal` to the probed process.
    ///
    /// [`Trust::Waived`] accepts a record that other users could have written.
    ///
    /// # Errors
    ///
    /// [`Refused`] with this report and the first rule that forbids the signal.
    pub fn into_grant(self, signal: Signal, trust: Trust) -> Result<Grant, Box<Refused>> {
        let refused = |denial, report| Box::new(Refused { denial, report });
        match self.refusal(signal, trust) {
            Some(denial) => Err(refused(denial, self)),
            None => Grant::new(self, signal)
                .map(Grant::with_sockets)
                .map_err(|report| refused(unheld(), *report)),
        }
    }

    /// Returns the first rule that forbids the signal.
    ///
    /// A protected process is named as such even if the proof is incomplete: "PID 1 is
    /// the init process" says more than the list of missing checks.
    fn refusal(&self, signal: Signal, trust: Trust) -> Option<Denial> {
        let permission = permits(self.report(), signal);
        if let Err(Denial::AlreadyGone) = permission {
            return Some(Denial::AlreadyGone);
        }
        if let Some(denial) = self.process().and_then(deny_protected) {
            return Some(denial);
        }
        let untrusted = || {
            let foreign = || describe_foreign_user(self.report());
            let detail = self
                .distrust()
                .or_else(foreign)
                .filter(|_| trust == Trust::Required)?;
            Some(Denial::Untrusted { detail })
        };
        permission.err().or_else(untrusted)
    }
}

/// The denial for a process that is not held, which does not prove that it has ended.
fn unheld() -> Denial {
    let checks = vec![CheckId::Pid];
    Denial::Evidence { checks }
}

/// Describes a record that belongs to another ordinary user than the process; `None` for
/// any other.
fn describe_foreign_user(report: &Report) -> Option<String> {
    let check = report.check(CheckId::User)?;
    (check.outcome == Outcome::Warn).then(|| check.detail.clone())?
}

fn deny_protected(process: &PinnedProcess) -> Option<Denial> {
    let (pid, what) = (process.pid(), protection(process)?);
    Some(Denial::Protected { pid, what })
}
