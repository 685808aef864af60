//! Reports and errors in plain lines, as several formats need them. Every line is
//! safe to print; what a format's own grammar forbids is its business.

use rpctl::Target;
use rpctl::{Check, Outcome, Report};

use super::findings::Trouble;
use super::sanitize;

/// What a record is called: its file, and the one that supplied the identity. One
/// manifest may lead to several.
pub(crate) fn record(target: &Target) -> String {
    let name = target.manifest.as_deref().unwrap_or("record");
    match &target.identity_file {
        Some(file) => sanitize::line(&format!("{name}, {file}")),
        None => sanitize::line(name),
    }
}

/// What a report says beyond its summary: the checks that did not pass, and what
/// to do next.
pub(crate) fn remarks(report: &Report) -> Vec<String> {
    let is_telling = |check: &&Check| !matches!(check.outcome, Outcome::Pass | Outcome::Skip);
    let is_new = |check: &&Check| {
        let detail = check.detail.as_deref();
        detail.is_none_or(|detail| !report.summary.contains(detail))
    };
    let checks = report.checks.iter().filter(is_telling).filter(is_new);
    let hints = report.hints.iter().map(|hint| next(hint));
    checks.map(remark).chain(hints).collect()
}

/// `fail PID: no process has the ID 4242`.
fn remark(check: &Check) -> String {
    let (outcome, label) = (check.outcome.name(), check.check.label());
    format!("{outcome} {label}: {}", finding(check))
}

/// What a check found, in one line.
pub(crate) fn finding(check: &Check) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let compared = (check.expected.is_some() || check.actual.is_some()).then(|| {
        let (expected, actual) = (value(&check.expected), value(&check.actual));
        format!("expected {expected}, found {actual}")
    });
    let parts: Vec<String> = check.detail.clone().into_iter().chain(compared).collect();
    sanitize::line(&parts.join("; "))
}

/// What an error says beyond its message.
pub(crate) fn advice(trouble: &Trouble<'_>) -> Vec<String> {
    let candidates = trouble.candidates.iter().map(|one| sanitize::line(one));
    candidates.chain(trouble.hint.map(next)).collect()
}

fn next(hint: &str) -> String {
    format!("next: {}", sanitize::line(hint))
}
