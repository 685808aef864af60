//! Metrics in the text format of Prometheus, to be collected from a file: gauges of this
//! moment, without timestamps.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use rpctl::__private::PackedReport;
use rpctl::{Report, Target, Verdict};

use super::diagnoses::Diagnoses;
use super::document::Renderer;
use super::findings::Findings;
use super::origin::Origin;
use super::results::ErrorReport;
use super::sanitize;
use crate::exit_code::ExitStyle;

/// The format for the textfile collector of node_exporter.
pub(crate) struct Prometheus;

impl Renderer for Prometheus {
    fn findings(
        &self,
        findings: &Findings<'_>,
        _origin: &Origin,
        out: &mut dyn fmt::Write,
    ) -> fmt::Result {
        let targets = Arc::new(Targets::distinct(findings));
        let gauge = |name, help, of_one| Gauge {
            name,
            help,
            samples: Samples::OfEach(Arc::clone(&targets), of_one),
        };
        let gauges = [
            up(!findings.diagnoses.is_empty()),
            gauge(
                "rpctl_verdict",
                "The verdict on a recorded daemon: 1 for the one that holds, else 0",
                verdicts,
            ),
            gauge(
                "rpctl_reason",
                "Why the verdict is what it is, where it is not just verified",
                reasons,
            ),
            gauge("rpctl_check", "The outcome of a check", checks),
            gauge(
                "rpctl_process_start_time_seconds",
                "The start of the process in seconds since the Unix epoch, if it is alive",
                starts,
            ),
            gauge("rpctl_elapsed_seconds", "Time spent on a daemon", elapsed),
            build_info(),
        ];
        write_gauges(gauges, out)
    }

    fn error(&self, error: &ErrorReport, _origin: &Origin) -> String {
        let why = Gauge {
            name: "rpctl_error",
            help: "Why there is nothing to report on",
            samples: Samples::Fixed(vec![(vec![("kind", error.kind.to_string())], 1.0)]),
        };
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write_gauges([up(false), why, build_info()], &mut text);
        text
    }
}

type Labels = Vec<(&'static str, String)>;
type Sample = (Labels, f64);

/// A metric. It keeps the order of its samples, so that equal results give equal text.
#[derive(Debug)]
struct Gauge {
    name: &'static str,
    help: &'static str,
    samples: Samples,
}

/// The samples of a metric.
#[derive(Debug)]
enum Samples {
    Fixed(Vec<Sample>),
    /// Those that the function returns for each target, with the labels of the target before
    /// their own.
    OfEach(Arc<Targets>, fn(&Report) -> Vec<Sample>),
}

impl Samples {
    fn iter(&self) -> Box<dyn Iterator<Item = Sample> + '_> {
        match self {
            Self::Fixed(samples) => Box::new(samples.iter().cloned()),
            Self::OfEach(targets, of_one) => Box::new(targets.reports().flat_map(|report| {
                let labels = labels(&report.target);
                let samples = of_one(&report).into_iter();
                samples.map(move |(own, value)| ([labels.clone(), own].concat(), value))
            })),
        }
    }
}

impl Collector for Gauge {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut samples = self.samples.iter().peekable();
        if samples.peek().is_none() {
            return Ok(());
        }
        let mut metric =
            encoder.encode_descriptor(self.name, self.help, None, MetricType::Gauge)?;
        samples.try_for_each(|(labels, value)| {
            let mut sample = metric.encode_family(&labels)?;
            sample.encode_gauge(&value)
        })
    }
}

fn write_gauges<const N: usize>(gauges: [Gauge; N], mut out: &mut dyn fmt::Write) -> fmt::Result {
    let mut registry = Registry::default();
    for gauge in gauges {
        registry.register_collector(Box::new(gauge));
    }
    prometheus_text::encode(&mut out, &registry)
}

fn build_info() -> Gauge {
    Gauge {
        name: "rpctl_build_info",
        help: "The version of rpctl",
        samples: Samples::Fixed(vec![(vec![("version", Origin::VERSION.to_owned())], 1.0)]),
    }
}

fn up(is_up: bool) -> Gauge {
    Gauge {
        name: "rpctl_up",
        help: "Whether rpctl had something to report on: 0 without records and after an error",
        samples: Samples::Fixed(vec![(vec![], is_up.into())]),
    }
}

/// The targets of all metrics.
#[derive(Debug)]
struct Targets {
    diagnoses: Diagnoses,
    /// Their places among the diagnoses.
    places: Vec<usize>,
}

impl Targets {
    /// Selects targets. Of two with equal labels, which would make the whole file invalid, the
    /// one with the worse verdict is selected.
    fn distinct(findings: &Findings<'_>) -> Self {
        let reports: Vec<&PackedReport> = findings.diagnoses.reports().collect();
        let mut places: Vec<usize> = Vec::new();
        let mut known = HashMap::new();
        for (place, report) in reports.iter().enumerate() {
            match known.entry(labels(&report.target())) {
                Entry::Vacant(entry) => {
                    entry.insert(places.len());
                    places.push(place);
                }
                Entry::Occupied(entry) => {
                    let known = &mut places[*entry.get()];
                    if !is_as_bad(reports[*known], report, findings.style) {
                        *known = place;
                    }
                }
            }
        }
        Self {
            diagnoses: findings.diagnoses.clone(),
            places,
        }
    }

    fn reports(&self) -> impl Iterator<Item = Report> {
        let packed = self.diagnoses.packed();
        self.places
            .iter()
            .map(|&place| packed[place].report().unpack())
    }
}

/// Returns whether no verdict is worse than that of `a`.
fn is_as_bad(a: &PackedReport, b: &PackedReport, style: ExitStyle) -> bool {
    style.worst([a.into(), b.into()]) == a.into()
}

/// Returns the labels that identify a daemon; a field that the record lacks has none.
fn labels(target: &Target) -> Labels {
    [
        ("record", &target.record),
        ("identity_file", &target.identity_file),
        ("service", &target.service_name),
        ("version", &target.service_version),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, sanitize::line(value.as_deref()?))))
    .collect()
}

fn verdicts(report: &Report) -> Vec<Sample> {
    let verdict = |verdict: &Verdict| {
        let label = vec![("verdict", verdict.name().to_owned())];
        (label, f64::from(*verdict == report.verdict))
    };
    Verdict::ALL.iter().map(verdict).collect()
}

fn reasons(report: &Report) -> Vec<Sample> {
    let reason = report.reason.iter();
    reason
        .map(|reason| (vec![("reason", reason.name().to_owned())], 1.0))
        .collect()
}

fn starts(report: &Report) -> Vec<Sample> {
    let start = report.process.as_ref();
    let start = start.and_then(|process| process.started_at_unix_ms);
    let seconds = start.map(|start| Duration::from_millis(start).as_secs_f64());
    seconds
        .map(|seconds| (vec![], seconds))
        .into_iter()
        .collect()
}

fn elapsed(report: &Report) -> Vec<Sample> {
    vec![(vec![], report.elapsed.as_secs_f64())]
}

fn checks(report: &Report) -> Vec<Sample> {
    let check = |check: &rpctl::Check| {
        let label = vec![
            ("check", check.check.name().to_owned()),
            ("outcome", check.outcome.name().to_owned()),
        ];
        (label, 1.0)
    };
    report.checks.iter().map(check).collect()
}
