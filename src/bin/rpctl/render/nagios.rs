//! The output of a monitoring plugin: a status line with performance data, and the
//! details below it.

use std::time::Duration;

use rpctl::Verdict;

use super::document::Renderer;
use super::origin::Origin;
use super::results::{Diagnosis, ErrorReport, Findings};
use super::{plain, sanitize};
use crate::exit_code::{ExitCode, NagiosStatus};

/// The format for Nagios, Icinga and other monitors that run plugins.
pub(crate) struct Nagios;

impl Renderer for Nagios {
    fn findings(&self, findings: &Findings<'_>, _origin: &Origin) -> String {
        let code = findings.worst();
        let worst = findings.diagnoses.iter().find(|one| code_of(one) == code);
        let (summary, below) = match (findings.diagnoses, worst) {
            (_, None) => ("no records".to_owned(), Vec::new()),
            ([one], _) => (sanitize::line(&one.report.summary), plain::remarks(one)),
            (several, Some(worst)) => (
                format!("{}; {}", count(several), named(worst)),
                several.iter().flat_map(lines).collect(),
            ),
        };
        let data = performance(findings.diagnoses);
        let status = format!("{} | {data}", text(&summary));
        plugin(
            &service(findings.diagnoses),
            findings.code().into(),
            &status,
            &below,
        )
    }

    fn error(&self, error: &ErrorReport, _origin: &Origin) -> String {
        let status = text(&sanitize::line(&error.message));
        plugin(PROGRAM, error.code.into(), &status, &plain::advice(error))
    }
}

/// The service in a status line about no named daemon, or about several.
const PROGRAM: &str = "RPCTL";

/// Returns the name of the service, if there is one record, and it has a name.
fn service(diagnoses: &[Diagnosis]) -> String {
    match diagnoses {
        [one] => one.report.target.service_name.as_deref(),
        _ => None,
    }
    .map_or_else(|| PROGRAM.to_owned(), sanitize::line)
}

fn plugin(service: &str, state: NagiosStatus, status: &str, below: &[String]) -> String {
    let mut lines = vec![format!("{} {} - {status}", text(service), state.word())];
    lines.extend(below.iter().map(|line| text(line)));
    lines.join("\n") + "\n"
}

/// Escapes the character that begins performance data, in the way that
/// [`sanitize::line`] escapes others.
fn text(line: &str) -> String {
    line.replace('|', r"\u{7c}")
}

fn code_of(one: &Diagnosis) -> ExitCode {
    (&one.report).into()
}

/// Returns the name of a record, and its summary.
fn named(one: &Diagnosis) -> String {
    let summary = sanitize::line(&one.report.summary);
    format!("{}: {summary}", plain::record(&one.report.target))
}

/// Returns the lines about one of several records.
fn lines(one: &Diagnosis) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {}",
        NagiosStatus::from(code_of(one)).word(),
        named(one)
    )];
    let remarks = plain::remarks(one);
    lines.extend(remarks.iter().map(|remark| format!("  {remark}")));
    lines
}

/// Returns `2 of 3 verified`.
fn count(several: &[Diagnosis]) -> String {
    format!("{} of {} verified", verified(several), several.len())
}

fn verified(diagnoses: &[Diagnosis]) -> usize {
    let is_verified = |one: &&Diagnosis| one.report.verdict == Verdict::Verified;
    diagnoses.iter().filter(is_verified).count()
}

/// Returns the performance data: the number of verified daemons, and the longest time.
fn performance(diagnoses: &[Diagnosis]) -> String {
    let slowest = diagnoses.iter().map(|one| one.report.elapsed).max();
    let slowest: Duration = slowest.unwrap_or_default();
    let (verified, all) = (verified(diagnoses), diagnoses.len());
    format!(
        "verified={verified};;;0;{all} time={:.6}s;;;0",
        slowest.as_secs_f64()
    )
}
