//! The output of a monitoring plugin: a status line with performance data, and the
//! details below it.

use std::fmt;
use std::time::Duration;

use rpctl::__private::PackedReport;
use rpctl::Verdict;

use super::diagnoses::{Diagnoses, PackedDiagnosis};
use super::document::Renderer;
use super::findings::Findings;
use super::origin::Origin;
use super::results::{Diagnosis, ErrorReport};
use super::{plain, sanitize};
use crate::exit_code::{ExitCode, NagiosStatus};

/// The format for Nagios, Icinga and other monitors that run plugins.
pub(crate) struct Nagios;

impl Renderer for Nagios {
    fn findings(
        &self,
        findings: &Findings<'_>,
        _origin: &Origin,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let (all, state) = (findings.diagnoses, findings.code().into());
        let data = performance(all);
        let status = |summary: &str| format!("{} | {data}", text(summary));
        if let Some(one) = all.only() {
            let service = one.report.target.service_name.as_deref();
            let service = service.map_or_else(|| PROGRAM.to_owned(), sanitize::line);
            let status = status(&sanitize::line(&one.report.summary));
            return out.write_str(&plugin(&service, state, &status, &plain::remarks(&one)));
        }
        let code = findings.worst();
        let is_worst = |one: &&PackedDiagnosis| ExitCode::from(one.report()) == code;
        let summary = match all.packed().iter().find(is_worst) {
            None => "no records".to_owned(),
            Some(worst) => format!("{}; {}", count(all), named(&worst.unpack())),
        };
        out.write_str(&plugin(PROGRAM, state, &status(&summary), &[]))?;
        let mut lines = all.iter().flat_map(|one| lines(&one));
        lines.try_for_each(|line| writeln!(out, "{}", text(&line)))
    }

    fn error(&self, error: &ErrorReport, _origin: &Origin) -> String {
        let status = text(&sanitize::line(&error.message));
        plugin(PROGRAM, error.code.into(), &status, &plain::advice(error))
    }
}

/// The service in a status line about no named daemon, or about several.
const PROGRAM: &str = "RPCTL";

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
fn count(several: &Diagnoses) -> String {
    format!("{} of {} verified", verified(several), several.len())
}

fn verified(diagnoses: &Diagnoses) -> usize {
    let is_verified = |one: &&PackedReport| one.verdict() == Verdict::Verified;
    diagnoses.reports().filter(is_verified).count()
}

/// Returns the performance data: the number of verified daemons, and the longest time.
fn performance(diagnoses: &Diagnoses) -> String {
    let slowest = diagnoses.reports().map(PackedReport::elapsed).max();
    let slowest: Duration = slowest.unwrap_or_default();
    let (verified, all) = (verified(diagnoses), diagnoses.len());
    format!(
        "verified={verified};;;0;{all} time={:.6}s;;;0",
        slowest.as_secs_f64()
    )
}
