//! Hints about a daemon that is still alive after a signal.

use std::path::Path;
use std::time::Duration;

use rpctl::control::Signal;
use rpctl::{Reason, Report, Verdict};

use super::limits::more_than;
use super::standstill::{self, before_wait};
use crate::shell;

/// Returns the hints about a daemon that is still alive `waited` after a signal, or that
/// `has_changed` since.
pub(crate) fn for_survivor(
    signal: Signal,
    report: &Report,
    waited: Duration,
    has_changed: bool,
) -> Vec<String> {
    let pid = report.target.pid.unwrap_or_default();
    let shows = |what| format!("ps -o pid,ppid,user,stat,wchan,args -p {pid} shows {what}");
    if has_changed {
        return vec![shows("what it is now")];
    }
    if let Some(go_on) = before_wait(signal, report).and_then(|_| standstill::go_on(report)) {
        return vec![go_on];
    }
    if signal == Signal::Kill {
        return vec![shows("what it hangs in: the kernel has not ended it yet")];
    }
    let time = more_than(waited, Duration::from_secs(30));
    let record = report.target.record.as_deref().unwrap_or("RECORD");
    let record = shell::file(Path::new(record));
    let longer = format!(
        "it may be finishing its work: rpctl shutdown --timeout {time} {record} waits longer"
    );
    let state = "what it does";
    let may_hang =
        report.verdict == Verdict::Unresponsive && report.reason != Some(Reason::EndpointBusy);
    let next = if may_hang {
        format!("{}; if it hangs for good, --force kills it", shows(state))
    } else {
        shows(state)
    };
    vec![longer, next]
}
