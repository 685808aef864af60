//! The record of a report, named for another command.

use std::path::Path;

use rpctl::record::Format;
use rpctl::{CheckId, Outcome, Report, Target, Verdict};

use super::asked::Asked;
use crate::shell;

/// How the check `user` names a user without a name.
const NUMBER: &str = "user ID ";

/// Returns the words that name the record of a report for another command, as the caller named
/// it. The number in a PID file proves nothing without the executable or the user that was
/// required for this report.
pub(super) fn again(report: &Report, asked: Asked<'_>) -> String {
    match asked.service_of(&report.target) {
        Some(service) => format!("{}{service}", requirements(report)),
        None => by_path(report),
    }
}

/// Returns the words that name the record of a report for a command of another user, whose
/// registry is another one: by its path, and a service without one by its name.
pub(crate) fn by_path(report: &Report) -> String {
    let target = &report.target;
    let name = match (target.record.as_deref(), service(target)) {
        (None, Some(service)) => format!("--service {service}"),
        (record, _) => shell::file(Path::new(record.unwrap_or("RECORD"))),
    };
    format!("{}{name}", requirements(report))
}

/// Returns the options that require what was required of a process that has the number in a PID
/// file, before a space; nothing for any other record.
pub(super) fn requirements(report: &Report) -> String {
    if report.target.format != Some(Format::PidFile.name()) {
        return String::new();
    }
    let check = |id| report.check(id);
    let required = check(CheckId::ExePath).and_then(|exe| exe.expected.as_deref());
    // Without a requirement, that check names the owner of the file.
    let is_locked = check(CheckId::Peer).is_some_and(|peer| peer.outcome == Outcome::Pass);
    match required {
        Some(exe) => format!("--exe {} ", shell::word(exe)),
        None if is_locked => String::new(),
        None => required_user(report).unwrap_or_default(),
    }
}

/// Returns the option that requires the user of a process that is verified by it alone.
pub(super) fn required_user(report: &Report) -> Option<String> {
    let user = report.check(CheckId::User)?.expected.as_deref();
    Some(option(
        user.filter(|_| report.verdict == Verdict::Verified)?,
    ))
}

/// Returns the option that requires the user of a process that is not the owner of its record.
pub(super) fn other_user(report: &Report) -> Option<String> {
    let user = report.check(CheckId::User)?;
    let (owner, found) = (user.expected.as_deref()?, user.actual.as_deref()?);
    // What follows are its other users.
    let found = found.split(" (").next().unwrap_or(found);
    (found != owner).then(|| option(found))
}

fn option(user: &str) -> String {
    let number = user.strip_prefix(NUMBER);
    format!("--user {} ", shell::word(number.unwrap_or(user)))
}

/// Returns the service of a record, as a word for a shell.
pub(super) fn service(target: &Target) -> Option<String> {
    let name = target.service_name.as_ref()?;
    Some(match &target.service_version {
        Some(version) => shell::word(&format!("{name}@{version}")),
        None => shell::word(name),
    })
}
