//! Hints about a process that is stopped, traced or frozen: neither time nor force is the
//! remedy, but to let it go on.

use std::path::Path;

use rpctl::control::StopSignal;
use rpctl::{CheckId, Report};

use crate::shell;

/// The file that thaws a cgroup of version 1, in which SIGKILL ends no process.
const FREEZER: &str = "/freezer.state";

/// Returns how to let the recorded process go on; `None` if it does not stand still.
pub(crate) fn go_on(report: &Report) -> Option<String> {
    let standstill = standstill(report)?;
    let pid = report.target.pid?;
    Some(
        if let Some(control) = standstill.strip_prefix("frozen by ") {
            let value = if control.ends_with(FREEZER) {
                "THAWED"
            } else {
                "0"
            };
            let control = shell::file(Path::new(control));
            format!("thaw it: echo {value} > {control}")
        } else if let Some(debugger) = standstill.strip_prefix("stopped by a debugger, PID ") {
            format!("let the debugger go on or detach: ps -o pid,user,args -p {debugger} shows it")
        } else if standstill == "stopped by a signal" {
            format!("let it go on: kill -CONT {pid}")
        } else {
            "let the debugger go on or detach".to_owned()
        },
    )
}

/// Warns before the wait for the end of a process that stands still; `None` if `signal`
/// ends it all the same.
pub(crate) fn before_wait(signal: StopSignal, report: &Report) -> Option<String> {
    let standstill = standstill(report)?;
    if signal == StopSignal::Kill && !standstill.ends_with(FREEZER) {
        return None;
    }
    let (pid, go_on) = (report.target.pid?, go_on(report)?);
    Some(format!(
        "PID {pid} is {standstill}, and may not end before it goes on; {go_on}"
    ))
}

/// Returns what the check `pid` says about a process that does nothing.
fn standstill(report: &Report) -> Option<&str> {
    let check = report.check(CheckId::Pid)?;
    let is_alive = check.outcome == rpctl::Outcome::Pass;
    check.detail.as_deref().filter(|_| is_alive)
}
