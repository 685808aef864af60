//! Reports and errors as plain lines, shared by several formats. Every line is safe to
//! print; each format escapes what its own grammar forbids.

use rpctl::{Check, Outcome, Target};

use super::results::{Diagnosis, ErrorReport};
use super::sanitize;

/// Returns the name of a record: its file, and the file that supplied the identity. A
/// manifest can refer to several of those.
pub(super) fn record(target: &Target) -> String {
    let name = target.record.as_deref().unwrap_or("record");
    match &target.identity_file {
        Some(file) => sanitize::line(&format!("{name}, {file}")),
        None => sanitize::line(name),
    }
}

/// Returns the lines below the summary: the checks that did not pass, and the hints.
pub(super) fn remarks(diagnosis: &Diagnosis) -> Vec<String> {
    let report = &diagnosis.report;
    let is_telling = |check: &&Check| !matches!(check.outcome, Outcome::Pass | Outcome::Skip);
    let is_new = |check: &&Check| {
        let detail = check.detail.as_deref();
        detail.is_none_or(|detail| !report.summary.contains(detail))
    };
    let checks = report.checks.iter().filter(is_telling).filter(is_new);
    let hints = diagnosis.hints.iter().map(|hint| next(hint));
    checks.map(remark).chain(hints).collect()
}

/// Returns `fail PID: no process has the ID 4242`.
fn remark(check: &Check) -> String {
    let (outcome, label) = (check.outcome.name(), check.check.label());
    format!("{outcome} {label}: {}", finding(check))
}

/// Returns the finding of a check, in one line.
pub(super) fn finding(check: &Check) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let compared = (check.expected.is_some() || check.actual.is_some()).then(|| {
        let (expected, actual) = (value(&check.expected), value(&check.actual));
        format!("expected {expected}, found {actual}")
    });
    let parts: Vec<String> = check.detail.clone().into_iter().chain(compared).collect();
    sanitize::line(&parts.join("; "))
}

/// Returns the lines below the message of an error: the candidates, and the hint.
pub(super) fn advice(error: &ErrorReport) -> Vec<String> {
    let candidates = error.candidates().into_iter();
    candidates.chain([next(&error.hint)]).collect()
}

fn next(hint: &str) -> String {
    format!("next: {}", sanitize::line(hint))
}
