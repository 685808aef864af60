//! Hints about a process that is stopped, traced or frozen: neither time nor force is the
//! remedy, but to let it go on.

use rpctl::control::Signal;
use rpctl::{Report, Standstill};

use super::again::again;
use super::asked::Asked;
use crate::shell;
use crate::words::{Columns, Words};

/// Returns how to let the recorded process go on.
pub(super) fn go_on(standstill: &Standstill, report: &Report, asked: Asked<'_>) -> Option<String> {
    let pid = report.target.pid?;
    Some(match (standstill, standstill.thaw()) {
        (_, Some((value, control))) => {
            format!("thaw it: echo {value} > {}", shell::file(control))
        }
        (Standstill::Traced { by: Some(debugger) }, _) => {
            let debugger = Words::HERE.processes(Columns::User, debugger);
            format!("let the debugger go on or detach: {debugger} shows it")
        }
        (Standstill::Traced { .. }, _) => "let the debugger go on or detach".to_owned(),
        _ => match report.target.record.as_deref() {
            Some(record) if record != "-" => {
                format!("let it go on: rpctl signal CONT {}", again(report, asked))
            }
            _ => format!("let it go on: kill -CONT {pid}"),
        },
    })
}

/// A process that stands still, and what to do.
pub(crate) struct Warning {
    pub(crate) sentence: String,
    pub(crate) next: String,
}

/// Warns before the wait for the end of a process that stands still; `None` if `signal`
/// ends it all the same.
pub(crate) fn before_wait(
    signal: Signal,
    report: &Report,
    standstill: Option<&Standstill>,
    asked: Asked<'_>,
) -> Option<Warning> {
    warning(signal, report, standstill, asked, "does not end")
}

/// Warns that a process which stands still does not act on `signal`; `None` if it does.
pub(crate) fn of_standstill(
    signal: Signal,
    report: &Report,
    standstill: Option<&Standstill>,
    asked: Asked<'_>,
) -> Option<Warning> {
    let consequence = format!("does not act on {}", signal.name());
    warning(signal, report, standstill, asked, &consequence)
}

fn warning(
    signal: Signal,
    report: &Report,
    standstill: Option<&Standstill>,
    asked: Asked<'_>,
    consequence: &str,
) -> Option<Warning> {
    let standstill = standstill.filter(|it| keeps_from(it, signal))?;
    let (pid, next) = (report.target.pid?, go_on(standstill, report, asked)?);
    let sentence = format!("PID {pid} is {standstill}: it {consequence} until it goes on");
    Some(Warning { sentence, next })
}

/// Returns whether a process that stands still does not act on a signal.
pub(super) fn keeps_from(standstill: &Standstill, signal: Signal) -> bool {
    match signal {
        Signal::Kill => standstill.outlasts_kill(),
        Signal::Cont => *standstill != Standstill::Stopped,
        Signal::Stop => false,
        _ => true,
    }
}
