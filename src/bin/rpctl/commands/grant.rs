//! The daemon that a command signals: probed, and judged.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rpctl::control::{Denial, Refused, Signal, Trust};
use rpctl::record::Record;
use rpctl::{ImageDigests, Probe, ProbeReport, Report, Verdict};

use super::diagnose::{ProbeOptions, absence, diagnosis, no_record, unread, with_suggestions};
use super::digests;
use super::load::load;
use crate::args::GrantArgs;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::hints::{self, Asked};
use crate::render::{Action, Diagnosis};
use crate::selection::{Candidates, SelectionError, select_one};

/// The report on a daemon that is not signalled, and the action that says so.
pub(super) type Refusal = (Diagnosis, Action);

/// A command that signals a daemon, with its options.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    /// The words before the record, such as `shutdown` or `signal HUP`.
    pub(super) command: &'a str,
    pub(super) signal: Signal,
    pub(super) args: &'a GrantArgs,
    /// Whether a record that does not exist is accepted.
    pub(super) missing_ok: bool,
}

/// The daemon that a record names.
pub(super) struct Probed {
    pub(super) report: ProbeReport,
    path: PathBuf,
    /// The owner of the file.
    owner: Option<u32>,
}

impl Request<'_> {
    /// Returns the path of the selected record, and the digests for its probe; if the service
    /// has none, the refusal.
    pub(super) fn select(&self) -> Result<Result<(PathBuf, Arc<ImageDigests>), Refusal>> {
        let digests = digests::uncached(self.args.hashing);
        match select_one(&self.args.target, Candidates::Live(&digests)) {
            Err(SelectionError::NoRecord(service)) => {
                let options =
                    ProbeOptions::with_timeout(self.args.probe_timeout, self.args.hashing);
                Ok(Err(self.refuse_unread(no_record(&service, options))))
            }
            selected => Ok(Ok((selected?, digests))),
        }
    }

    /// Probes the daemon of the record at `path`; if the record cannot be read, returns the
    /// refusal.
    pub(super) fn probe(
        &self,
        path: &Path,
        digests: &Arc<ImageDigests>,
    ) -> Result<Result<Probed, Refusal>> {
        let record = match load(path) {
            Ok(record) => record,
            Err(error) => {
                let report = unread(path, &error);
                let diagnosis = diagnosis(report, Some(&error), self.asked());
                return Ok(Err(self.refuse_unread(diagnosis)));
            }
        };
        let owner = record.ownership.filter(|_| record.path.is_some());
        Ok(Ok(Probed {
            report: single_live_report(self.probe_each(&record, path, digests))?,
            path: path.to_owned(),
            owner: owner.map(|file| file.owner),
        }))
    }

    /// Probes every daemon that a record names or refers to.
    fn probe_each(
        &self,
        record: &Record,
        path: &Path,
        digests: &Arc<ImageDigests>,
    ) -> Vec<ProbeReport> {
        let label = path.to_string_lossy();
        let probes = Probe::all_from_record(record)
            .into_iter()
            .map(|probe| probe.label(&label).timeout(self.args.probe_timeout))
            .map(|probe| self.args.required.apply(probe).all_locks())
            .collect();
        Probe::run_each(probes, digests, |report| report)
    }

    /// Refuses to signal anything by a record that was not read, unless one that is missing is
    /// accepted: its daemon is then gone.
    fn refuse_unread(&self, diagnosis: Diagnosis) -> Refusal {
        let verdict = diagnosis.report.verdict;
        if verdict == Verdict::NoRecord && self.missing_ok {
            let action = Action::no_record(absence(&diagnosis.report));
            return (diagnosis, action);
        }
        let diagnosis = match verdict {
            Verdict::NoRecord => {
                let named = diagnosis.report.target.record.as_deref();
                let hints = hints::for_no_record(self.command, named);
                with_suggestions(Diagnosis { hints, ..diagnosis })
            }
            _ => diagnosis,
        };
        let action = Action::denied(
            &Denial::Verdict { verdict },
            &diagnosis.report,
            diagnosis.hints.clone(),
        );
        (diagnosis, action)
    }

    pub(super) fn trust(&self) -> Trust {
        if self.args.trust_record {
            Trust::Waived
        } else {
            Trust::Required
        }
    }

    /// Describes a refusal, other than that the daemon is already gone.
    pub(super) fn refuse(&self, refused: Refused, owner: Option<u32>) -> Refusal {
        let Refused { denial, report, .. } = refused;
        let record = hints::by_path(report.report());
        let as_owner = owner.and_then(|owner| hints::as_owner(self.command, &record, owner));
        let diagnosis = self.diagnosis(report.into_report());
        let Diagnosis { report, hints, .. } = &diagnosis;
        let mut hints = hints::for_denial(&denial, report, hints, as_owner);
        let is_about_process =
            !matches!(denial, Denial::Untrusted { .. } | Denial::Protected { .. });
        let require = hints::require_program(report, self.command);
        if let Some(require) = require.filter(|_| is_about_process) {
            hints.splice(..1, [require]);
        }
        let action = Action::denied(&denial, report, hints);
        (diagnosis, action)
    }

    pub(super) fn diagnosis(&self, report: Report) -> Diagnosis {
        diagnosis(report, None, self.asked())
    }

    /// Returns what the caller asked for, as hints need it.
    pub(super) fn asked(&self) -> Asked<'_> {
        let target = &self.args.target;
        Asked::new(self.args.probe_timeout, self.args.hashing.hash_timeout)
            .naming(target.record.as_slice(), target.service.as_ref())
    }
}

impl Probed {
    /// Splits into the report, and the path of the record with its owner.
    pub(super) fn into_parts(self) -> (ProbeReport, (PathBuf, Option<u32>)) {
        (self.report, (self.path, self.owner))
    }
}

/// Returns the report on the one daemon that is not known to be gone, or else the first
/// report.
fn single_live_report(mut reports: Vec<ProbeReport>) -> Result<ProbeReport> {
    let is_live = |report: &ProbeReport| report.verdict() != Verdict::NotRunning;
    let candidates: Vec<String> = reports
        .iter()
        .filter(|report| is_live(report))
        .filter_map(|report| report.report().target.identity_file.clone())
        .collect();
    if candidates.len() > 1 {
        let message = format!("the manifest leads to {} daemons", candidates.len());
        return Err(Failure::new(ExitCode::Usage, "no_target", message)
            .hint("name the identity file of the one that is meant")
            .candidates(candidates)
            .into());
    }
    let index = reports.iter().position(is_live).unwrap_or_default();
    Ok(reports.swap_remove(index))
}
