//! The output of a monitoring plugin: a status line with performance data, and
//! the details below it.

use std::time::Duration;

use rpctl::Verdict;

use super::findings::{Findings, Renderer, Trouble};
use super::json::report::Diagnosis;
use super::{plain, sanitize};
use crate::exit_code::{ExitCode, NagiosStatus};

/// For Nagios, Icinga and others that run plugins.
pub(crate) struct Nagios;

impl Renderer for Nagios {
    fn findings(&self, findings: &Findings<'_>) -> String {
        let worst = findings.style.worst(findings.diagnoses.iter().map(code_of));
        let worst = findings.diagnoses.iter().find(|one| code_of(one) == worst);
        let (said, below) = match (findings.diagnoses, worst) {
            (_, None) => ("no records".to_owned(), Vec::new()),
            ([one], _) => (
                sanitize::line(&one.report.summary),
                plain::remarks(&one.report),
            ),
            (several, Some(worst)) => (
                format!("{}; {}", of_all(several), named(worst)),
                several.iter().flat_map(lines).collect(),
            ),
        };
        let data = performance(findings.diagnoses);
        let said = format!("{} | {data}", text(&said));
        plugin(findings.code.into(), &said, &below)
    }

    fn trouble(&self, trouble: &Trouble<'_>) -> String {
        let said = text(&sanitize::line(trouble.message));
        plugin(trouble.code.into(), &said, &plain::advice(trouble))
    }
}

fn plugin(status: NagiosStatus, said: &str, below: &[String]) -> String {
    let mut lines = vec![format!("RPCTL {} - {said}", status.word())];
    lines.extend(below.iter().map(|line| text(line)));
    lines.join("\n") + "\n"
}

/// Text in which nothing begins performance data; the escape is that of other
/// characters that must not be printed.
fn text(line: &str) -> String {
    line.replace('|', r"\u{7c}")
}

fn code_of(one: &Diagnosis) -> ExitCode {
    (&one.report).into()
}

fn named(one: &Diagnosis) -> String {
    let summary = sanitize::line(&one.report.summary);
    format!("{}: {summary}", plain::record(&one.report.target))
}

fn lines(one: &Diagnosis) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {}",
        NagiosStatus::from(code_of(one)).word(),
        named(one)
    )];
    let remarks = plain::remarks(&one.report);
    lines.extend(remarks.iter().map(|remark| format!("  {remark}")));
    lines
}

fn of_all(several: &[Diagnosis]) -> String {
    format!("{} of {} verified", verified(several), several.len())
}

fn verified(diagnoses: &[Diagnosis]) -> usize {
    let is_verified = |one: &&Diagnosis| one.report.verdict == Verdict::Verified;
    diagnoses.iter().filter(is_verified).count()
}

/// How many are verified, and how long the slowest took.
fn performance(diagnoses: &[Diagnosis]) -> String {
    let slowest = diagnoses.iter().map(|one| one.report.elapsed).max();
    let slowest: Duration = slowest.unwrap_or_default();
    let (verified, all) = (verified(diagnoses), diagnoses.len());
    format!(
        "verified={verified};;;0;{all} time={:.6}s;;;0",
        slowest.as_secs_f64()
    )
}
