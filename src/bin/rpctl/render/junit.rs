//! Test results in XML: a suite per record, with a case for the verdict and one for each
//! check. A suite has failures if, and only if, the verdict is not `verified`.

use quick_junit::{
    NonSuccessKind, Property, Report as Results, TestCase, TestCaseStatus, TestSuite,
};
use rpctl::{Check, Outcome, Report};

use super::document::Renderer;
use super::results::{Diagnosis, ErrorReport, Findings};
use super::{plain, sanitize};
use crate::exit_code::ExitCode;

/// The format for CI systems.
pub(crate) struct Junit;

impl Renderer for Junit {
    fn findings(&self, findings: &Findings<'_>) -> String {
        let mut results = Results::new(format!("rpctl {}", findings.command));
        results.add_test_suites(findings.diagnoses.iter().map(|one| {
            let code = ExitCode::from(&one.report);
            let mut suite = suite(one, code);
            let exit_code = findings.style.number(code).to_string();
            suite.add_property(Property::new("exit_code", exit_code));
            suite
        }));
        xml(&results)
    }

    fn error(&self, error: &ErrorReport) -> String {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status
            .set_type(&*error.kind)
            .set_message(sanitize::line(&error.message))
            .set_description(plain::advice(error).join("\n"));
        let mut suite = TestSuite::new("rpctl");
        suite.add_test_case(TestCase::new(
            error.command.as_deref().unwrap_or("usage"),
            status,
        ));
        let mut results = Results::new("rpctl");
        results.add_test_suite(suite);
        xml(&results)
    }
}

fn xml(results: &Results) -> String {
    // Plain data in memory: serialising it cannot fail.
    results.to_string().unwrap_or_default()
}

fn suite(diagnosis: &Diagnosis, code: ExitCode) -> TestSuite {
    let report = &diagnosis.report;
    let mut suite = TestSuite::new(plain::record(&report.target));
    suite.set_time(report.elapsed);
    suite.add_properties(properties(report));
    let service = report.target.service_name.as_deref().unwrap_or("daemon");
    let class = format!("rpctl.{}", sanitize::line(service));
    let mut case = TestCase::new("verdict", verdict(diagnosis, code));
    case.set_classname(&*class);
    if code == ExitCode::ProvenWithWarnings {
        case.set_system_out(plain::remarks(diagnosis).join("\n"));
    }
    suite.add_test_case(case);
    suite.add_test_cases(report.checks.iter().map(|check| {
        let mut case = TestCase::new(check.check.name(), status(check, code));
        case.set_classname(&*class).set_time(check.elapsed);
        if check.outcome == Outcome::Warn {
            case.set_system_out(plain::finding(check));
        }
        case
    }));
    suite
}

fn properties(report: &Report) -> Vec<Property> {
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
    .filter_map(|(name, value)| Some(Property::new(name, sanitize::line(value?))))
    .collect()
}

fn verdict(diagnosis: &Diagnosis, code: ExitCode) -> TestCaseStatus {
    let report = &diagnosis.report;
    let mut status = match code {
        _ if code.is_proven() => return TestCaseStatus::success(),
        ExitCode::CannotTell => TestCaseStatus::non_success(NonSuccessKind::Error),
        _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    status
        .set_type(
            report
                .reason
                .map_or(report.verdict.name(), rpctl::Reason::name),
        )
        .set_message(sanitize::line(&report.summary))
        .set_description(plain::remarks(diagnosis).join("\n"));
    status
}

fn status(check: &Check, code: ExitCode) -> TestCaseStatus {
    let mut status = match check.outcome {
        Outcome::Pass | Outcome::Warn => return TestCaseStatus::success(),
        Outcome::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        // A verdict of `verified` did not need this check.
        Outcome::Unknown if !code.is_proven() => TestCaseStatus::non_success(NonSuccessKind::Error),
        Outcome::Unknown | Outcome::Skip => TestCaseStatus::skipped(),
    };
    let finding = plain::finding(check);
    if !finding.is_empty() {
        status.set_message(finding);
    }
    status
}
