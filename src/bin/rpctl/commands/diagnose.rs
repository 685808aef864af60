//! From files to what was found about them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rpctl::ImageDigests;
use rpctl::record::{LoadError, Loader};
use rpctl::{Probe, ProbeReport, Report};

use super::load_by;
use crate::args::ProbeArgs;
use crate::render::Diagnosis;

/// How records are probed.
#[derive(Clone, Copy, Debug)]
pub(super) struct How<'a> {
    pub(super) timeout: Duration,
    pub(super) strict: bool,
    /// The path that the endpoint must have.
    pub(super) endpoint: Option<&'a str>,
}

impl How<'_> {
    pub(super) fn within(timeout: Duration) -> Self {
        Self {
            timeout,
            strict: false,
            endpoint: None,
        }
    }

    fn apply(self, probe: Probe, named: &str) -> Probe {
        let probe = probe.label(named).timeout(self.timeout).strict(self.strict);
        match self.endpoint {
            Some(endpoint) => probe.endpoint_path(endpoint),
            None => probe,
        }
    }
}

impl<'a> From<&'a ProbeArgs> for How<'a> {
    fn from(args: &'a ProbeArgs) -> Self {
        Self {
            timeout: args.timeout,
            strict: args.strict,
            endpoint: args.endpoint.as_deref(),
        }
    }
}

/// Probe every identity that the records lead to, all at once: for each record,
/// what was found about it.
pub(super) fn diagnose(
    records: &[PathBuf],
    how: How<'_>,
    digests: &Arc<ImageDigests>,
) -> Vec<Vec<Diagnosis>> {
    let found = |report: ProbeReport| diagnosis(report.into_report(), None);
    let unreadable = |report: Report, error: LoadError| diagnosis(report, Some(error));
    probe_each(records, how, digests, found, unreadable)
}

/// Adds what to do next to a report.
pub(super) fn diagnosis(report: Report, error: Option<LoadError>) -> Diagnosis {
    Diagnosis {
        hints: report.hints.clone(),
        report,
        error,
    }
}

/// The same, with what `found` makes of each report, and `unreadable` of the one
/// on a file that cannot be read.
pub(super) fn probe_each<T: Send>(
    records: &[PathBuf],
    how: How<'_>,
    digests: &Arc<ImageDigests>,
    found: impl Fn(ProbeReport) -> T + Sync,
    unreadable: impl Fn(Report, LoadError) -> T,
) -> Vec<Vec<T>> {
    let loader = Loader::default();
    let lead_to = |path: &Path| {
        let record = load_by(&loader, path)?;
        let named = path.to_string_lossy();
        let probes = Probe::all_from_record(&record).into_iter();
        Ok(probes.map(|probe| how.apply(probe, &named)).collect())
    };
    let reports = Probe::run_files(records, lead_to, digests, found);
    records
        .iter()
        .zip(reports)
        .map(|(path, reports)| {
            reports.unwrap_or_else(|error| {
                let report = ProbeReport::unreadable(&path.to_string_lossy(), &error);
                vec![unreadable(report.into_report(), error)]
            })
        })
        .collect()
}
