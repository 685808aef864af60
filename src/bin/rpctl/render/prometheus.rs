//! Metrics in the text format of Prometheus, to be collected from a file: gauges of this
//! moment, without timestamps.

use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use rpctl::{Report, Verdict};

use super::document::Renderer;
use super::origin::Origin;
use super::results::{ErrorReport, Findings};
use super::sanitize;
use crate::exit_code::ExitStyle;

/// The format for the textfile collector of node_exporter.
pub(crate) struct Prometheus;

impl Renderer for Prometheus {
    fn findings(&self, findings: &Findings<'_>, _origin: &Origin) -> String {
        let targets = distinct(findings);
        text(vec![
            up(!findings.diagnoses.is_empty()),
            Gauge {
                name: "rpctl_verdict",
                help: "The verdict on a recorded daemon: 1 for the one that holds, else 0",
                samples: samples(&targets, verdicts),
            },
            Gauge {
                name: "rpctl_reason",
                help: "Why the verdict is what it is, where it is not just verified",
                samples: samples(&targets, reasons),
            },
            Gauge {
                name: "rpctl_check",
                help: "The outcome of a check",
                samples: samples(&targets, checks),
            },
            Gauge {
                name: "rpctl_process_start_time_seconds",
                help: "The start of the process in seconds since the Unix epoch, if it is alive",
                samples: samples(&targets, starts),
            },
            Gauge {
                name: "rpctl_elapsed_seconds",
                help: "Time spent on a daemon",
                samples: samples(&targets, |report| {
                    vec![(vec![], report.elapsed.as_secs_f64())]
                }),
            },
            build_info(),
        ])
    }

    fn error(&self, error: &ErrorReport, _origin: &Origin) -> String {
        text(vec![
            up(false),
            Gauge {
                name: "rpctl_error",
                help: "Why there is nothing to report on",
                samples: vec![(vec![("kind", error.kind.to_string())], 1.0)],
            },
            build_info(),
        ])
    }
}

type Labels = Vec<(&'static str, String)>;
type Sample = (Labels, f64);

/// A metric. It keeps the order of its samples, so that equal results give equal text.
#[derive(Debug)]
struct Gauge {
    name: &'static str,
    help: &'static str,
    samples: Vec<Sample>,
}

impl Collector for Gauge {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        if self.samples.is_empty() {
            return Ok(());
        }
        let mut metric =
            encoder.encode_descriptor(self.name, self.help, None, MetricType::Gauge)?;
        for (labels, value) in &self.samples {
            let mut sample = metric.encode_family(labels)?;
            sample.encode_gauge(value)?;
        }
        Ok(())
    }
}

fn text(gauges: Vec<Gauge>) -> String {
    let mut registry = Registry::default();
    for gauge in gauges {
        registry.register_collector(Box::new(gauge));
    }
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = prometheus_text::encode(&mut text, &registry);
    text
}

fn build_info() -> Gauge {
    Gauge {
        name: "rpctl_build_info",
        help: "The version of rpctl",
        samples: vec![(vec![("version", Origin::VERSION.to_owned())], 1.0)],
    }
}

fn up(is_up: bool) -> Gauge {
    Gauge {
        name: "rpctl_up",
        help: "Whether rpctl had something to report on: 0 without records and after an error",
        samples: vec![(vec![], is_up.into())],
    }
}

/// Returns each target with its labels. Of two targets with equal labels, which would
/// make the whole file invalid, the one with the worse verdict is returned.
fn distinct<'a>(findings: &Findings<'a>) -> Vec<(Labels, &'a Report)> {
    let mut targets: Vec<(Labels, &Report)> = Vec::new();
    for one in findings.diagnoses {
        let labels = labels(&one.report);
        match targets.iter_mut().find(|(known, _)| *known == labels) {
            None => targets.push((labels, &one.report)),
            Some((_, known)) => *known = worse(known, &one.report, findings.style),
        }
    }
    targets
}

fn worse<'a>(a: &'a Report, b: &'a Report, style: ExitStyle) -> &'a Report {
    let code = style.worst([a.into(), b.into()]);
    if code == a.into() { a } else { b }
}

/// Returns the labels that identify a daemon; a field that the record lacks has none.
fn labels(report: &Report) -> Labels {
    let target = &report.target;
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

/// Returns the samples of all targets, with the labels of the target before their own.
fn samples(targets: &[(Labels, &Report)], of_one: impl Fn(&Report) -> Vec<Sample>) -> Vec<Sample> {
    let of_target = |(labels, report): &(Labels, &Report)| -> Vec<Sample> {
        let samples = of_one(report).into_iter();
        samples
            .map(|(own, value)| ([labels.clone(), own].concat(), value))
            .collect()
    };
    targets.iter().flat_map(of_target).collect()
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
