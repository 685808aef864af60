//! The elements of test results in XML, as the schema of Jenkins' xUnit plugin
//! ([junit-10.xsd](https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd))
//! allows them.

use std::fmt;
use std::time::Duration;

use quick_xml::SeError;
use quick_xml::se::Serializer;
use serde::Serialize;

use super::origin::Origin;
use super::sanitize;

/// The result of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Success,
    Failure,
    Error,
    Skipped,
}

/// What the first line says of all suites.
#[derive(Debug, Default)]
pub(super) struct Sums {
    elapsed: Duration,
    tests: usize,
    failures: usize,
    errors: usize,
}

impl Sums {
    /// Adds a suite that took `elapsed`, with the results of its cases.
    pub(super) fn add(&mut self, elapsed: Duration, marks: impl IntoIterator<Item = Mark>) {
        self.elapsed += elapsed;
        for mark in marks {
            self.tests += 1;
            self.failures += usize::from(mark == Mark::Failure);
            self.errors += usize::from(mark == Mark::Error);
        }
    }
}

/// All results.
#[derive(Debug, Serialize)]
#[serde(rename = "testsuites")]
pub(super) struct TestSuites {
    #[serde(rename = "@name")]
    name: String,
    /// In seconds.
    #[serde(rename = "@time")]
    time: String,
    #[serde(rename = "@tests")]
    tests: usize,
    #[serde(rename = "@failures")]
    failures: usize,
    #[serde(rename = "@errors")]
    errors: usize,
    #[serde(rename = "testsuite")]
    suites: Vec<TestSuite>,
}

/// The cases of one subject.
#[derive(Debug, Serialize)]
pub(super) struct TestSuite {
    #[serde(rename = "@name")]
    pub(super) name: String,
    #[serde(rename = "@tests")]
    tests: usize,
    #[serde(rename = "@failures")]
    failures: usize,
    #[serde(rename = "@errors")]
    errors: usize,
    #[serde(rename = "@skipped")]
    skipped: usize,
    #[serde(rename = "@time")]
    time: String,
    /// When the first case began.
    #[serde(rename = "@timestamp")]
    timestamp: String,
    #[serde(rename = "@hostname")]
    hostname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    #[serde(rename = "testcase")]
    cases: Vec<TestCase>,
}

#[derive(Debug, Serialize)]
struct Properties {
    property: Vec<Property>,
}

#[derive(Debug, Serialize)]
struct Property {
    #[serde(rename = "@name")]
    name: &'static str,
    #[serde(rename = "@value")]
    value: String,
}

/// One case, with at most one result besides success.
#[derive(Debug, Default, Serialize)]
pub(super) struct TestCase {
    #[serde(rename = "@name")]
    pub(super) name: String,
    #[serde(rename = "@classname")]
    pub(super) class: String,
    /// In seconds.
    #[serde(rename = "@time")]
    pub(super) time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skipped: Option<Fault>,
    #[serde(rename = "system-out", skip_serializing_if = "Option::is_none")]
    pub(super) output: Option<String>,
}

/// Why a case is not a success.
#[derive(Debug, Default, Serialize)]
pub(super) struct Fault {
    #[serde(rename = "@type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    #[serde(rename = "@message", skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<String>,
    #[serde(rename = "$text", skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
}

impl TestSuites {
    /// Returns the element around all suites.
    pub(super) fn new(name: String, sums: &Sums) -> Self {
        Self {
            name,
            time: seconds(sums.elapsed),
            tests: sums.tests,
            failures: sums.failures,
            errors: sums.errors,
            suites: Vec::new(),
        }
    }

    /// Writes the document, suite by suite.
    pub(super) fn write(
        mut self,
        suites: impl IntoIterator<Item = TestSuite>,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result {
        out.write_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
        let mut last_line = None;
        for suite in suites {
            self.suites = vec![suite];
            let text = self.element().map_err(|_| fmt::Error)?;
            // The first and the last line are those of this element, which is around each suite.
            let (first, rest) = text.split_once('\n').ok_or(fmt::Error)?;
            let (suite, last) = rest.rsplit_once('\n').ok_or(fmt::Error)?;
            if last_line.is_none() {
                out.write_str(first)?;
            }
            write!(out, "\n{suite}")?;
            last_line = Some(last.to_owned());
        }
        match last_line {
            Some(last) => writeln!(out, "\n{last}"),
            None => writeln!(out, "{}", self.element().map_err(|_| fmt::Error)?),
        }
    }

    fn element(&self) -> Result<String, SeError> {
        let mut text = String::new();
        let mut serializer = Serializer::new(&mut text);
        serializer.indent(' ', 4);
        self.serialize(serializer)?;
        Ok(text)
    }
}

impl TestCase {
    /// Adds the result, and what explains it.
    pub(super) fn mark(&mut self, mark: Mark, fault: Option<Fault>) {
        match mark {
            Mark::Success => {}
            Mark::Failure => self.failure = fault,
            Mark::Error => self.error = fault,
            Mark::Skipped => self.skipped = fault,
        }
    }
}

impl TestSuite {
    /// Returns a suite that took `elapsed` and has just ended.
    pub(super) fn new(
        name: String,
        cases: Vec<TestCase>,
        elapsed: Duration,
        origin: &Origin,
    ) -> Self {
        let count = |is_counted: fn(&TestCase) -> bool| {
            cases.iter().filter(|case| is_counted(case)).count()
        };
        Self {
            name,
            tests: cases.len(),
            failures: count(|case| case.failure.is_some()),
            errors: count(|case| case.error.is_some()),
            skipped: count(|case| case.skipped.is_some()),
            time: seconds(elapsed),
            timestamp: origin.time_before(elapsed),
            hostname: sanitize::line(&origin.hostname),
            properties: None,
            cases,
        }
    }

    /// Adds properties.
    pub(super) fn with_properties(self, properties: Vec<(&'static str, String)>) -> Self {
        let property = |(name, value)| Property { name, value };
        let property = properties.into_iter().map(property).collect();
        Self {
            properties: Some(Properties { property }),
            ..self
        }
    }
}

/// Returns a time in seconds, to the microsecond.
pub(super) fn seconds(time: Duration) -> String {
    format!("{:.6}", time.as_secs_f64())
}
