//! `rpctl prune`.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rpctl::control::{KeepReason, Removal, Trust};
use rpctl::registry::{Keeper, Place, Registry};
use rpctl::{__private, ProbeReport, Report, Verdict};

use super::diagnose::{ProbeOptions, probe_each, without_identity_files};
use super::digests;
use crate::args::PruneArgs;
use crate::exit_code::ExitCode;
use crate::failure::advice;
use crate::hints;
use crate::output::Output;
use crate::render::{PruneEntry, PruneOutcome, PruneReport};
use crate::selection::{SET_HOME, record_files, require_registry, select_named};

pub(super) fn run(args: &PruneArgs, output: &Output) -> Result<ExitCode> {
    let (records, registry) = select(args)?;
    let found = probe_each(
        &records,
        ProbeOptions::with_timeout(args.timeout, args.hashing),
        &digests::uncached(args.hashing),
        Candidate::found,
        |report, _| Candidate::invalid(report),
    );
    // Starters that lock their registry, as rpctl does, wait for this. For the others a
    // record is missing for a moment at worst.
    let lock = |directory: &Path| __private::lock_dir(directory).ok();
    let is_locked = |place: &&Place| {
        !args.dry_run && matches!(place.keeper(), Keeper::Manifests | Keeper::ProcessRecords)
    };
    let locked = registry.iter().flat_map(Registry::places).filter(is_locked);
    let _locks: Vec<_> = locked.map(Place::directory).filter_map(lock).collect();
    let is_meant = |one: &Candidate| !args.missing_ok || !one.is_missing();
    let report = PruneReport {
        dry_run: args.dry_run,
        is_named: !args.records.is_empty(),
        entries: without_identity_files(found, Candidate::names)
            .filter(is_meant)
            .map(|candidate| candidate.prune(args.dry_run, output))
            .collect(),
    };
    Ok(output.print(&report))
}

/// Returns the records that are meant, and the registry, which records that are named do not
/// need.
fn select(args: &PruneArgs) -> Result<(Vec<PathBuf>, Option<Registry>)> {
    let registry = require_registry(SET_HOME);
    if args.records.is_empty() {
        let registry = registry?;
        return Ok((record_files(&registry)?, Some(registry)));
    }
    Ok((select_named(&args.records)?, registry.ok()))
}

/// A record, and the right to remove it, or the reason why it is kept.
struct Candidate {
    report: Report,
    removal: Result<Removal, (KeepReason, Option<String>)>,
}

impl Candidate {
    fn found(report: ProbeReport) -> Self {
        let removal = report.to_removal(Trust::Required).map_err(|why| {
            let detail = explain(why, &report);
            (
                why,
                detail.or_else(|| Some(report.report().summary.clone())),
            )
        });
        Self::new(report.into_report(), removal)
    }

    fn invalid(report: Report) -> Self {
        let why = match report.verdict {
            Verdict::NoRecord => KeepReason::NoRecord,
            _ => KeepReason::NotGone,
        };
        let removal = Err((why, Some(report.summary.clone())));
        Self::new(report, removal)
    }

    fn new(mut report: Report, removal: Result<Removal, (KeepReason, Option<String>)>) -> Self {
        // They are not shown, and take most of the memory of thousands of reports.
        report.checks = Vec::new();
        Self { report, removal }
    }

    fn names(&self) -> (Option<String>, Option<String>) {
        let target = &self.report.target;
        (target.record.clone(), target.identity_file.clone())
    }

    fn is_missing(&self) -> bool {
        self.report.verdict == Verdict::NoRecord
    }

    /// Removes the record if that is permitted. In a dry run, returns what would be removed.
    fn prune(self, dry_run: bool, output: &Output) -> PruneEntry {
        let outcome = match self.removal {
            Err((why, detail)) => PruneOutcome::Kept {
                why,
                detail,
                advice: None,
            },
            Ok(removal) if dry_run => foresee(&removal),
            Ok(removal) => remove(&removal, output),
        };
        PruneEntry {
            report: self.report,
            outcome,
        }
    }
}

/// Returns the outcome that [`remove`] would have.
fn foresee(removal: &Removal) -> PruneOutcome {
    if let Err(error) = __private::may_remove(removal.record()) {
        return failed(&error);
    }
    let files = removal.files();
    let names = files.iter().map(|path| path.to_string_lossy().into_owned());
    let removed = names.collect();
    PruneOutcome::Pruned { removed }
}

fn failed(error: &io::Error) -> PruneOutcome {
    PruneOutcome::Kept {
        why: KeepReason::Failed,
        detail: Some(format!("it could not be removed: {error}")),
        advice: Some(advice(Some(error))),
    }
}

fn remove(removal: &Removal, output: &Output) -> PruneOutcome {
    match removal.remove_record() {
        Ok(true) => {}
        Ok(false) => {
            return PruneOutcome::Kept {
                why: KeepReason::Changed,
                detail: Some("it was changed or removed while prune ran".to_owned()),
                advice: None,
            };
        }
        Err(error) => return failed(&error),
    }
    let mut removed = vec![removal.record().to_string_lossy().into_owned()];
    for (path, is_removed) in removal.remove_sockets() {
        match is_removed {
            Ok(true) => removed.push(path.to_string_lossy().into_owned()),
            Ok(false) => {}
            // A socket without a record misleads no reader.
            Err(error) => output.warn(&format!(
                "the dead socket of {} was not removed: {error}",
                removal.record().display()
            )),
        }
    }
    PruneOutcome::Pruned { removed }
}

/// Returns why a record is kept; `None` if its verdict says so itself.
pub(super) fn explain(why: KeepReason, report: &ProbeReport) -> Option<String> {
    Some(match why {
        KeepReason::NotGone => return hints::take_over(report.report()),
        KeepReason::NamesNoDaemon => "it names no daemon: it is a manifest of caches".to_owned(),
        KeepReason::NumberInUse => "a process has its number, and only clocks say that it is \
                                    another one"
            .to_owned(),
        KeepReason::Elsewhere => "it does not prove to be from this host and PID namespace, \
                                  so its daemon may run elsewhere"
            .to_owned(),
        KeepReason::Untrusted => format!(
            "others could have written it: {}",
            report.distrust().unwrap_or_default()
        ),
        _ => why.to_string(),
    })
}
