//! Hints about a process that is stopped, traced or frozen: neither time nor force is the
//! remedy, but to let it go on.

use std::path::Path;

use rpctl::control::Signal;
use rpctl::{CheckId, Report};

use crate::shell;

/// The file that thaws a cgroup of version 1, in which SIGKILL ends no process.
const FREEZER: &str = "/freezer.state";

/// What the check `pid` says of a process that does nothing.
const STOPPED: &str = "stopped by a signal";
const TRACED: &str = "stopped by a debugger";
const TRACED_BY: &str = "stopped by a debugger, PID ";
const FROZEN_BY: &str = "frozen by ";

/// Why a living process does nothing.
enum Standstill<'report> {
    Stopped,
    /// By this PID, if that is known.
    Traced(Option<&'report str>),
    /// By this file.
    Frozen(&'report str),
}

/// Returns how to let the recorded process go on; `None` if it does not stand still.
pub(crate) fn go_on(report: &Report) -> Option<String> {
    let (standstill, _) = standstill(report)?;
    let pid = report.target.pid?;
    Some(match standstill {
        Standstill::Frozen(control) => {
            let value = if control.ends_with(FREEZER) {
                "THAWED"
            } else {
                "0"
            };
            let control = shell::file(Path::new(control));
            format!("thaw it: echo {value} > {control}")
        }
        Standstill::Traced(Some(debugger)) => {
            format!("let the debugger go on or detach: ps -o pid,user,args -p {debugger} shows it")
        }
        Standstill::Traced(None) => "let the debugger go on or detach".to_owned(),
        Standstill::Stopped => format!("let it go on: kill -CONT {pid}"),
    })
}

/// Warns before the wait for the end of a process that stands still; `None` if `signal`
/// ends it all the same.
pub(crate) fn before_wait(signal: Signal, report: &Report) -> Option<String> {
    let (_, text) = standstill(report)?;
    if signal == Signal::Kill && !text.ends_with(FREEZER) {
        return None;
    }
    let (pid, go_on) = (report.target.pid?, go_on(report)?);
    Some(format!(
        "PID {pid} is {text}, and may not end before it goes on; {go_on}"
    ))
}

/// Returns why the recorded process does nothing, and what the check `pid` says of that;
/// `None` if it says anything else.
fn standstill(report: &Report) -> Option<(Standstill<'_>, &str)> {
    let check = report.check(CheckId::Pid)?;
    let text = check.detail.as_deref()?;
    let standstill = if let Some(control) = text.strip_prefix(FROZEN_BY) {
        Standstill::Frozen(control)
    } else if let Some(debugger) = text.strip_prefix(TRACED_BY) {
        Standstill::Traced(Some(debugger))
    } else if text == TRACED {
        Standstill::Traced(None)
    } else if text == STOPPED {
        Standstill::Stopped
    } else {
        return None;
    };
    (check.outcome == rpctl::Outcome::Pass).then_some((standstill, text))
}
