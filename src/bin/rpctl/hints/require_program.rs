//! The hint to require the program of the process that has the number in a PID file.

use std::path::Path;

use rpctl::{CheckId, Outcome, Reason, Report};

use super::again::{other_user, required_user};
use crate::shell;
use crate::words::Words;

/// The beginning of the name of a program that lies in memory alone.
const IN_MEMORY: &str = "/memfd:";

/// Returns the hint to give a command the program that runs now as a requirement; `None`
/// unless no program was required for a number, and the process can be a daemon. The reader
/// decides whether it is the one.
pub(crate) fn require_program(report: &Report, command: &str) -> Option<String> {
    let user = match report.reason {
        Some(Reason::PidFileOnly) if lacks_program(report) => {
            other_user(report).unwrap_or_default()
        }
        Some(Reason::PidFileOnly) => other_user(report)?,
        // Its user verifies a number, and permits no signal.
        Some(Reason::PidFile) if lacks_program(report) => required_user(report)?,
        _ => return None,
    };
    let program = program(report)?;
    if program.starts_with(IN_MEMORY) {
        let pid = report.target.pid?;
        return Some(format!(
            "no path names its program, so if that is the daemon, record it: rpctl record --pid \
             {pid}"
        ));
    }
    let program = shell::word(&program);
    let record = shell::file(Path::new(report.target.record.as_deref()?));
    Some(format!(
        "if that is the daemon: rpctl {command} {user}--exe {program} {record}"
    ))
}

/// Returns whether no executable was required.
fn lacks_program(report: &Report) -> bool {
    let exe = report.check(CheckId::ExePath);
    exe.is_some_and(|exe| exe.outcome == Outcome::Skip)
}

/// Returns the program of a process that may be a daemon of the owner of its PID file. A name
/// that is not UTF-8 has lost something.
fn program(report: &Report) -> Option<String> {
    let user = report.check(CheckId::User)?;
    let is_of_owner = matches!(user.outcome, Outcome::Pass | Outcome::Skip);
    let program = report.check(CheckId::ExePath)?.actual.clone();
    program.filter(|name| {
        is_of_owner && Words::HERE.is_absolute(name) && !name.contains(char::REPLACEMENT_CHARACTER)
    })
}
