//! Hints about a daemon that is still alive after a signal.

use std::time::Duration;

use rpctl::control::Signal;
use rpctl::{Reason, Report, Standstill, Verdict};

use super::again::again;
use super::asked::{Asked, more_than};
use super::standstill::{go_on, keeps_from};
use crate::words::{Columns, Words};

/// Returns the hints about a daemon that is still alive `waited` after a signal.
pub(crate) fn for_survivor(
    signal: Signal,
    report: &Report,
    standstill: Option<&Standstill>,
    waited: Duration,
    asked: Asked<'_>,
) -> Vec<String> {
    let standstill = standstill.filter(|it| keeps_from(it, signal));
    if let Some(go_on) = standstill.and_then(|standstill| go_on(standstill, report, asked)) {
        return vec![go_on];
    }
    if signal == Signal::Kill {
        let hangs = "what it hangs in: the kernel has not ended it yet";
        return vec![shows(report, hangs)];
    }
    let time = more_than(waited, Duration::from_secs(30));
    let record = again(report, asked);
    let longer = format!(
        "it may be finishing its work: rpctl shutdown --timeout {time} {record} waits longer"
    );
    let state = shows(report, "what it does");
    let may_hang =
        report.verdict == Verdict::Unresponsive && report.reason != Some(Reason::EndpointBusy);
    let next = if may_hang {
        format!("{state}; if it hangs for good, --force kills it")
    } else {
        state
    };
    vec![longer, next]
}

/// Returns the hint about a daemon that has become another program since the signal.
pub(crate) fn for_changed(report: &Report) -> Vec<String> {
    vec![shows(report, "what it is now")]
}

fn shows(report: &Report, what: &str) -> String {
    let pid = report.target.pid.unwrap_or_default();
    let processes = Words::HERE.processes(Columns::FamilyActivity, pid);
    format!("{processes} shows {what}")
}
