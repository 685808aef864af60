//! Test results in XML: a suite per record, with a case for the verdict and one for each
//! check. A suite has failures if, and only if, the verdict is not `verified`.

use std::time::Duration;

use rpctl::{Check, Outcome, Report};

use super::document::Renderer;
use super::junit_elements::{Fault, TestCase, TestSuite, TestSuites, seconds};
use super::origin::Origin;
use super::results::{Diagnosis, ErrorReport, Findings};
use super::{plain, sanitize};
use crate::exit_code::ExitCode;

/// The format for CI systems.
pub(crate) struct Junit;

impl Renderer for Junit {
    fn findings(&self, findings: &Findings<'_>, origin: &Origin) -> String {
        let suite = |one: &Diagnosis| {
            let code = ExitCode::from(&one.report);
            let mut properties = properties(&one.report);
            properties.push(("exit_code", findings.style.number(code).to_string()));
            suite(one, code, origin).with_properties(properties)
        };
        let suites = findings.diagnoses.iter().map(suite).collect();
        xml(format!("rpctl {}", findings.command), suites)
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
        xml("rpctl".to_owned(), vec![suite])
    }
}

fn xml(name: String, suites: Vec<TestSuite>) -> String {
    // Plain data in memory: serialising it cannot fail.
    TestSuites::new(name, suites).xml().unwrap_or_default()
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
    match code {
        ExitCode::CannotTell => case.error = fault,
        _ => case.failure = fault,
    }
    case
}

fn case(check: &Check, code: ExitCode, class: &str) -> TestCase {
    let mut case = new_case(check.check.name(), class, check.elapsed);
    let finding = plain::finding(check);
    let fault = Some(Fault {
        message: (!finding.is_empty()).then(|| finding.clone()),
        ..Fault::default()
    });
    match check.outcome {
        Outcome::Pass => {}
        Outcome::Warn => case.output = Some(finding),
        Outcome::Fail => case.failure = fault,
        // A verdict of `verified` did not need this check.
        Outcome::Unknown if !code.is_proven() => case.error = fault,
        Outcome::Unknown | Outcome::Skip => case.skipped = fault,
    }
    case
}

fn new_case(name: &str, class: &str, elapsed: Duration) -> TestCase {
    TestCase {
        name: name.to_owned(),
        class: class.to_owned(),
        time: seconds(elapsed),
        ..TestCase::default()
    }
}
