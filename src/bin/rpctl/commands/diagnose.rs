//! From record files to the reports on their daemons.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rpctl::__private::PackedReport;
use rpctl::ImageDigests;
use rpctl::record::{Format, LoadError, Loader};
use rpctl::{CheckId, Probe, ProbeReport, Report, Verdict};

use super::load::load_with;
use crate::args::{HashingArgs, ProbeArgs, RequiredArgs, Service};
use crate::hints::{self, Asked};
use crate::render::{Diagnoses, Diagnosis, PackedDiagnosis, RecordFault};
use crate::selection::living_pid;
use crate::suggestions;

/// The options of each probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct ProbeOptions<'a> {
    asked: Asked<'a>,
    strict: bool,
    /// The path that the endpoint must have.
    endpoint: Option<&'a str>,
    required: Option<&'a RequiredArgs>,
}

impl ProbeOptions<'_> {
    pub(super) fn with_timeout(timeout: Duration, hashing: HashingArgs) -> Self {
        Self {
            asked: Asked::new(timeout, hashing.hash_timeout),
            strict: false,
            endpoint: None,
            required: None,
        }
    }

    fn apply(self, probe: Probe, label: &str) -> Probe {
        let probe = probe
            .label(label)
            .timeout(self.asked.timeout)
            .strict(self.strict);
        let probe = match self.endpoint {
            Some(endpoint) => probe.endpoint_path(endpoint),
            None => probe,
        };
        match self.required {
            Some(required) => required.apply(probe),
            None => probe,
        }
    }
}

impl<'a> From<&'a ProbeArgs> for ProbeOptions<'a> {
    fn from(args: &'a ProbeArgs) -> Self {
        Self {
            asked: Asked {
                wait: args.wait,
                ..Asked::new(args.timeout, args.hashing.hash_timeout)
                    .naming(&args.records, args.service.as_ref())
            },
            strict: args.strict,
            endpoint: args.endpoint.as_deref(),
            required: Some(&args.required),
        }
    }
}

/// Probes the daemons of all records concurrently. Returns the reports on each record,
/// in the order of the records.
pub(super) fn diagnose(
    records: &[PathBuf],
    options: ProbeOptions<'_>,
    digests: &Arc<ImageDigests>,
) -> Vec<Vec<PackedDiagnosis>> {
    let found = |report: ProbeReport| diagnosis(report.into_report(), None, options.asked).into();
    let unreadable =
        |report: Report, error: LoadError| diagnosis(report, Some(&error), options.asked).into();
    probe_each(records, options, digests, found, unreadable)
}

/// Leaves out records of a daemon that another record before them names: the same daemon is
/// listed once. A record with another finding stays. Manifests of another schema are no records
/// and no failure: `warn` is told of them.
pub(super) fn listed_once(found: Vec<Vec<PackedDiagnosis>>, warn: impl Fn(&str)) -> Diagnoses {
    let names = |one: &PackedDiagnosis| {
        let target = one.report().target();
        (target.record, target.identity_file)
    };
    let distinct = without_identity_files(found, names);
    let distinct = distinct.filter(|one| match one.error() {
        Some(error) if error.is_other_schema => {
            let record = one.report().record().unwrap_or_default();
            warn(&format!("{record} is not listed: {}", error.message));
            false
        }
        _ => true,
    });
    let mut known = HashSet::new();
    let mut is_new = |report: &PackedReport| {
        let target = report.target();
        let finding = (report.verdict(), report.reason());
        let endpoint = target.endpoint.map(|it| it.path);
        endpoint.is_none_or(|path| known.insert((target.pid, path, finding)))
    };
    let distinct: Vec<PackedDiagnosis> = distinct.filter(|one| is_new(one.report())).collect();
    let is_process_record =
        |report: &PackedReport| report.format() == Some(Format::ProcessRecord.name());
    let live_pid = |report: &PackedReport| living_pid(report.verdict(), report.pid());
    let others = distinct.iter().map(PackedDiagnosis::report);
    let others = others.filter(|it| !is_process_record(it));
    let mut live: HashSet<u32> = others.filter_map(live_pid).collect();
    let mut is_new = |report: &PackedReport| {
        !is_process_record(report) || live_pid(report).is_none_or(|pid| live.insert(pid))
    };
    distinct
        .into_iter()
        .filter(|one| is_new(one.report()))
        .collect()
}

/// Leaves out the identity files to which a manifest leads: its report is about them. `names`
/// returns the record and the identity file of a report.
pub(super) fn without_identity_files<T>(
    found: Vec<Vec<T>>,
    names: impl Fn(&T) -> (Option<String>, Option<String>),
) -> impl Iterator<Item = T> {
    let led_to = |one: &T| names(one).1;
    let files: HashSet<String> = found.iter().flatten().filter_map(led_to).collect();
    found.into_iter().flatten().filter(move |one| {
        if files.is_empty() {
            return true;
        }
        let (record, identity_file) = names(one);
        let is_led_to = record.is_some_and(|record| files.contains(&record));
        identity_file.is_some() || !is_led_to
    })
}

/// Returns the report on a record that cannot be read.
pub(super) fn diagnose_unread(
    label: &str,
    error: &LoadError,
    options: ProbeOptions<'_>,
) -> Diagnosis {
    let report = unread(Path::new(label), error);
    diagnosis(report, Some(error), options.asked)
}

/// Adds what to do next to a report.
pub(super) fn diagnosis(report: Report, error: Option<&LoadError>, asked: Asked<'_>) -> Diagnosis {
    let fault = match error {
        _ if report.verdict == Verdict::NoRecord => Some(RecordFault {
            kind: "not_found",
            message: absence(&report).to_owned(),
            candidates: Vec::new(),
            is_other_schema: false,
        }),
        error => error.map(RecordFault::from),
    };
    Diagnosis {
        hints: hints::for_report(&report, error, asked),
        report,
        error: fault,
        waited: None,
    }
}

/// Reports that a service has no record.
pub(super) fn no_record(service: &Service, options: ProbeOptions<'_>) -> Diagnosis {
    let version = service.version.as_deref();
    let report = ProbeReport::no_record(None, &service.name, version);
    diagnosis(report.into_report(), None, options.asked)
}

/// Reports that a record could not be read. A name without a file may be that of a service.
pub(super) fn unread(path: &Path, error: &LoadError) -> Report {
    let label = path.to_string_lossy();
    let service: Option<Service> = match error {
        LoadError::NotFound(_) => path.to_str().and_then(|name| name.parse().ok()),
        _ => None,
    };
    let report = match service {
        Some(Service { name, version }) => {
            ProbeReport::no_record(Some(&label), &name, version.as_deref())
        }
        None => ProbeReport::unreadable(&label, error),
    };
    report.into_report()
}

/// Adds to each missing record what may have been meant, or accepts that it is missing: its
/// daemon is then not running.
pub(super) fn conclude(
    found: impl IntoIterator<Item = PackedDiagnosis>,
    missing_ok: bool,
) -> Diagnoses {
    let concluded = |one: PackedDiagnosis| match one.report().verdict() {
        Verdict::NoRecord if missing_ok => accepted(one.unpack()).into(),
        Verdict::NoRecord => with_suggestions(one.unpack()).into(),
        _ => one,
    };
    found.into_iter().map(concluded).collect()
}

fn accepted(mut diagnosis: Diagnosis) -> Diagnosis {
    let report = &mut diagnosis.report;
    report.summary = format!("not running: {}", absence(report));
    report.verdict = Verdict::NotRunning;
    diagnosis.error = None;
    diagnosis
}

/// Adds the files and the services that may have been meant.
pub(super) fn with_suggestions(mut diagnosis: Diagnosis) -> Diagnosis {
    let target = &diagnosis.report.target;
    let file = target.record.as_deref().map(Path::new);
    let files = file.map(suggestions::files_like).into_iter().flatten();
    let service = target.service_name.as_deref();
    let services = service.map(suggestions::services_like);
    let alike: Vec<String> = services.into_iter().flatten().chain(files).collect();
    if !alike.is_empty() {
        hints::without_look(&mut diagnosis.hints);
    }
    if let Some(error) = &mut diagnosis.error {
        error.candidates = alike;
    }
    diagnosis
}

/// Returns which record is missing.
pub(super) fn absence(report: &Report) -> &str {
    let check = report.check(CheckId::Record);
    let detail = check.and_then(|check| check.detail.as_deref());
    detail.unwrap_or("there is no record")
}

/// Probes the daemons of all records concurrently. Returns the results for each record:
/// of `found` for each report, or of `unreadable` if the file cannot be read.
pub(super) fn probe_each<T: Send>(
    records: &[PathBuf],
    options: ProbeOptions<'_>,
    digests: &Arc<ImageDigests>,
    found: impl Fn(ProbeReport) -> T + Sync,
    unreadable: impl Fn(Report, LoadError) -> T,
) -> Vec<Vec<T>> {
    let loader = Loader::default().timeout(options.asked.timeout);
    let probes = |path: &Path| {
        let record = load_with(&loader, path)?;
        let label = path.to_string_lossy();
        let probes = Probe::all_from_record(&record).into_iter();
        Ok(probes.map(|probe| options.apply(probe, &label)).collect())
    };
    let reports = Probe::run_files(records, probes, digests, found);
    records
        .iter()
        .zip(reports)
        .map(|(path, reports)| {
            reports.unwrap_or_else(|error| vec![unreadable(unread(path, &error), error)])
        })
        .collect()
}
