//! Test results in XML: a suite per record, with a case for the verdict and one for each
//! check. A suite has failures if, and only if, the verdict is not `verified`.

use std::fmt;
use std::time::Duration;

use rpctl::{Check, Outcome, Report};

use super::document::Renderer;
use super::findings::Findings;
use super::junit_elements::{Fault, Mark, Sums, TestCase, TestSuite, TestSuites, seconds};
use super::origin::Origin;
use super::results::{Diagnosis, ErrorReport};
use super::{plain, sanitize};
use crate::exit_code::ExitCode;

/// The format for CI systems.
pub(crate) struct Junit;

impl Renderer for Junit {
    fn findings(
        &self,
        findings: &Findings<'_>,
        origin: &Origin,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let suite = |one: Diagnosis| {
            let code = ExitCode::from(&one.report);
            let mut properties = properties(&one.report);
            properties.push(("exit_code", findings.style.number(code).to_string()));
            suite(&one, code, origin).with_properties(properties)
        };
        let name = format!("rpctl {}", findings.command);
        let mut sums = Sums::default();
        for one in findings.diagnoses.iter() {
            let code = ExitCode::from(&one.report);
            let checks = one.report.checks.iter().map(|it| of_check(it, code));
            sums.add(one.report.elapsed, checks.chain([of_verdict(code)]));
        }
        let suites = findings.diagnoses.iter().map(suite);
        TestSuites::new(name, &sums).write(suites, out)
    }

    fn error(&self, error: &ErrorReport, origin: &Origin) -> String {
        let fault = Fault {
            kind: Some(error.kind.to_string()),
            message: Some(sanitize::line(&error.message)),
            text: Some(plain::advice(error).join("\n")),
        };
        let case = TestCase {
            name: error.command.as_deref().unwrap_or("usage").to_owned(),
            class: "rpctl".to_owned(),
            time: seconds(Duration::ZERO),
            error: Some(fault),
            ..TestCase::default()
        };
        let suite = TestSuite::new("rpctl".to_owned(), vec![case], Duration::ZERO, origin);
        let mut sums = Sums::default();
        sums.add(Duration::ZERO, [Mark::Error]);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = TestSuites::new("rpctl".to_owned(), &sums).write([suite], &mut text);
        text
    }
}

fn suite(diagnosis: &Diagnosis, code: ExitCode, origin: &Origin) -> TestSuite {
    let report = &diagnosis.report;
    let service = report.target.service_name.as_deref().unwrap_or("daemon");
    let class = format!("rpctl.{}", sanitize::line(service));
    let mut cases = vec![verdict(diagnosis, code, &class)];
    cases.extend(report.checks.iter().map(|check| case(check, code, &class)));
    TestSuite::new(plain::record(&report.target), cases, report.elapsed, origin)
}

fn properties(report: &Report) -> Vec<(&'static str, String)> {
    let target = &report.target;
    let endpoint = target.endpoint.as_ref().map(|endpoint| &*endpoint.path);
    let pid = target.pid.map(|pid| pid.to_string());
    [
        ("verdict", Some(report.verdict.name())),
        ("reason", report.reason.map(rpctl::Reason::name)),
        ("service_name", target.service_name.as_deref()),
        ("service_version", target.service_version.as_deref()),
        ("pid", pid.as_deref()),
        ("endpoint", endpoint),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, sanitize::line(value?))))
    .collect()
}

/// Returns the case of the verdict, which took the time of the whole probe.
fn verdict(diagnosis: &Diagnosis, code: ExitCode, class: &str) -> TestCase {
    let report = &diagnosis.report;
    let mut case = new_case("verdict", class, report.elapsed);
    let remarks = plain::remarks(diagnosis).join("\n");
    if code.is_proven() {
        case.output = (code == ExitCode::ProvenWithWarnings).then_some(remarks);
        return case;
    }
    let kind = report.reason.map(rpctl::Reason::name);
    let fault = Some(Fault {
        kind: Some(kind.unwrap_or(report.verdict.name()).to_owned()),
        message: Some(sanitize::line(&report.summary)),
        text: Some(remarks),
    });
    case.mark(of_verdict(code), fault);
    case
}

/// Returns the result of the case of the verdict.
fn of_verdict(code: ExitCode) -> Mark {
    match code {
        _ if code.is_proven() => Mark::Success,
        ExitCode::CannotTell => Mark::Error,
        _ => Mark::Failure,
    }
}

fn case(check: &Check, code: ExitCode, class: &str) -> TestCase {
    let mut case = new_case(check.check.name(), class, check.elapsed);
    let finding = plain::finding(check);
    let fault = Some(Fault {
        message: (!finding.is_empty()).then(|| finding.clone()),
        ..Fault::default()
    });
    case.mark(of_check(check, code), fault);
    case.output = (check.outcome == Outcome::Warn).then_some(finding);
    case
}

/// Returns the result of the case of a check.
fn of_check(check: &Check, code: ExitCode) -> Mark {
    match check.outcome {
        Outcome::Pass | Outcome::Warn => Mark::Success,
        Outcome::Fail => Mark::Failure,
        // A verdict of `verified` did not need this check.
        Outcome::Unknown if !code.is_proven() => Mark::Error,
        Outcome::Unknown | Outcome::Skip => Mark::Skipped,
    }
}

fn new_case(name: &str, class: &str, elapsed: Duration) -> TestCase {
    TestCase {
        name: name.to_owned(),
        class: class.to_owned(),
        time: seconds(elapsed),
        ..TestCase::default()
    }
}
