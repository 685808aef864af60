//! The one record of the registry that is meant if no path names one.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rpctl::record::{self, LoadError, Loader, Record, is_service_version};
use rpctl::registry::Registry;
use rpctl::{ImageDigests, Probe, Report, Verdict};

use super::registry::{START_ONE, SelectionError, no_target, record_files, require_registry};
use crate::args::Service;
use crate::failure::Failure;

/// The hint if the environment names no registry.
const NAME_IT: &str = "set HOME, or name the record itself";

/// The records of the registry that can be meant if no path names one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Candidates<'a> {
    /// Records of live daemons. Each record is probed with these digests.
    Live(&'a Arc<ImageDigests>),
    /// All records. No process and no socket is touched.
    All,
}

impl Candidates<'_> {
    fn among(self, files: &[PathBuf]) -> Vec<PathBuf> {
        match self {
            Self::All => distinct(files, |_| true),
            Self::Live(digests) => live(files, digests),
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::All => "records",
            Self::Live(_) => "live records",
        }
    }
}

/// Selects the only candidate of the registry.
pub(super) fn only_record(candidates: Candidates<'_>) -> Result<Vec<PathBuf>, SelectionError> {
    let registry = require_registry(NAME_IT)?;
    let files = record_files(&registry)?;
    select_only(&registry, &files, "the registry", candidates)
}

/// Selects the record of a service: the only one, or else the only candidate.
pub(super) fn service_record(
    service: &Service,
    candidates: Candidates<'_>,
) -> Result<Vec<PathBuf>, SelectionError> {
    let registry = require_registry(NAME_IT)?;
    let files = record_files(&registry)?;
    let records = records_of(service, &files);
    match records.as_slice() {
        [] => match unreadable_records_of(service, &files) {
            none if none.is_empty() => Err(SelectionError::NoRecord(service.clone())),
            unreadable => Ok(unreadable),
        },
        [_] => Ok(records),
        _ => {
            let owner = format!("the service {service}");
            select_only(&registry, &records, &owner, candidates)
        }
    }
}

/// Selects every record of a service.
pub(super) fn service_records(service: &Service) -> Result<Vec<PathBuf>, SelectionError> {
    let registry = require_registry(NAME_IT)?;
    match records_of(service, &record_files(&registry)?).as_slice() {
        [] => Err(SelectionError::NoRecord(service.clone())),
        records => Ok(records.to_vec()),
    }
}

fn records_of(service: &Service, files: &[PathBuf]) -> Vec<PathBuf> {
    let is_of_service = |record: &Record| {
        let (name, version) = record.service();
        let wanted = service.version.as_deref();
        name == service.name && wanted.is_none_or(|wanted| wanted == version)
    };
    distinct(files, |record| record.is_ok_and(is_of_service))
}

/// Returns the records that are wanted, without those that say the same as one before them:
/// the identity file to which a manifest leads, and another copy of an identity.
fn distinct(
    files: &[PathBuf],
    is_wanted: impl Fn(Result<&Record, &LoadError>) -> bool,
) -> Vec<PathBuf> {
    let loader = Loader::default();
    let mut led_to = HashSet::new();
    let mut identities = HashSet::new();
    let mut is_new = |path: &&PathBuf| {
        let record = loader.load(path);
        if !is_wanted(record.as_ref()) || led_to.contains(*path) {
            return false;
        }
        let Ok(record) = record else { return true };
        if !record.content.names_a_process() {
            led_to.extend(record::discover(&record).found);
        }
        record.daemon().is_none_or(|daemon| {
            let endpoint = daemon.ipc_endpoint.path;
            identities.insert((daemon.pid, daemon.boot_id, endpoint))
        })
    };
    files.iter().filter(&mut is_new).cloned().collect()
}

/// Returns the files that cannot be read as records, and are named as records of the service
/// are: `NAME`, `NAME@VERSION` or `NAME-VERSION`. The report on such a file says what is wrong
/// with it.
fn unreadable_records_of(service: &Service, files: &[PathBuf]) -> Vec<PathBuf> {
    let loader = Loader::default();
    let wanted = service.version.as_deref();
    let is_wanted = |version: &str| {
        is_service_version(version) && wanted.is_none_or(|wanted| wanted == version)
    };
    let is_of_service = |path: &Path| {
        let rest = path.file_stem()?.to_str()?.strip_prefix(&*service.name)?;
        let version = rest.strip_prefix(['@', '-']);
        Some(version.map_or(rest.is_empty() && wanted.is_none(), is_wanted))
    };
    files
        .iter()
        .filter(|path| is_of_service(path) == Some(true) && loader.load(path).is_err())
        .cloned()
        .collect()
}

/// Selects the only candidate among `files`. Messages call their owner `owner`.
fn select_only(
    registry: &Registry,
    files: &[PathBuf],
    owner: &str,
    candidates: Candidates<'_>,
) -> Result<Vec<PathBuf>, SelectionError> {
    let found = candidates.among(files);
    match found.as_slice() {
        [] => Err(SelectionError::NothingYet(no_candidate(
            registry, files, owner,
        ))),
        [_] => Ok(found),
        several => {
            let (count, kind) = (several.len(), candidates.description());
            let message = format!("no record is named, and {owner} has {count} {kind}");
            let failure = no_target(message)
                .hint(name_one(several))
                .candidates(describe(several));
            Err(SelectionError::Other(failure.into()))
        }
    }
}

fn no_candidate(registry: &Registry, files: &[PathBuf], owner: &str) -> Failure {
    let reason = if files.is_empty() {
        format!("{} holds none", registry.directory().display())
    } else {
        format!("{owner} has none with a live daemon")
    };
    no_target(format!("no record is named, and {reason}"))
        .hint(name_one(files))
        .candidates(describe(files))
}

/// Returns the hint beside a list of these files.
fn name_one(files: &[PathBuf]) -> &'static str {
    match files {
        [_, _, ..] => "name one by its path, or by --service NAME@VERSION",
        _ => START_ONE,
    }
}

/// Returns the records whose daemon is alive, whether it answers or not, and of several
/// records of one process the first. All are probed at once, and no image is hashed twice.
fn live(files: &[PathBuf], digests: &Arc<ImageDigests>) -> Vec<PathBuf> {
    let loader = Loader::default();
    let probes = |path: &Path| Ok(Probe::all_from_record(&loader.load(path)?));
    let found = Probe::run_files(files, probes, digests, |report| live_pid(report.report()));
    let mut known = Vec::new();
    let mut is_new = |daemons: Vec<Option<u32>>| {
        let pids: Vec<u32> = daemons.into_iter().flatten().collect();
        let is_new = pids.iter().any(|pid| !known.contains(pid));
        known.extend(pids);
        is_new
    };
    let files = files.iter().zip(found);
    let found = files.filter_map(|(path, found)| is_new(found.ok()?).then_some(path));
    found.cloned().collect()
}

/// Returns the PID of the process of a report, if it is the recorded one.
fn live_pid(report: &Report) -> Option<u32> {
    living_pid(report.verdict, report.target.pid)
}

/// Returns the recorded PID if the verdict says that the process which has it is the recorded
/// one.
pub(crate) fn living_pid(verdict: Verdict, pid: Option<u32>) -> Option<u32> {
    pid.filter(|_| matches!(verdict, Verdict::Verified | Verdict::Unresponsive))
}

/// Returns `zccache@1.15.8  /path` for each file: a value for `--service`, and an
/// argument.
fn describe(files: &[PathBuf]) -> Vec<String> {
    let loader = Loader::default();
    let describe = |path: &PathBuf| match loader.load(path).as_ref().map(Record::service) {
        Ok((name, "")) if !name.is_empty() => format!("{name}  {}", path.display()),
        Ok((name, version)) if !name.is_empty() => {
            format!("{name}@{version}  {}", path.display())
        }
        _ => path.display().to_string(),
    };
    files.iter().map(describe).collect()
}
