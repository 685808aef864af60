//! Where the records of a command come from, in one round or in many.

use std::env;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rpctl::{__private, ImageDigests};

use super::candidates::{self, Candidates};
use super::registry::{SET_HOME, SelectionError, no_records, record_files, require_registry};
use crate::args::{ProbeArgs, Service, TargetArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// The variable that names a record if no argument does.
const RECORD_VARIABLE: &str = "RPCTL_RECORD";

/// The place that names the records of a command, by the first argument that is
/// given.
#[derive(Debug)]
enum Source<'a> {
    /// Every record of the registry.
    EntireRegistry,
    /// The files that arguments or the environment name.
    Named(Vec<PathBuf>),
    /// The record of a service in the registry.
    Service(&'a Service),
    /// The only candidate of the registry.
    OnlyCandidate,
}

/// Selects the one record that a command is about.
pub(crate) fn select_one(
    args: &TargetArgs,
    candidates: Candidates<'_>,
) -> Result<PathBuf, SelectionError> {
    let named = args.record.as_slice();
    let mut records = Source::new(named, args.service.as_ref()).records(candidates)?;
    Ok(records.swap_remove(0))
}

/// Selects the records that arguments name: files, and every record of a service.
pub(crate) fn select_named(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let all_of = |path: &PathBuf| match service_named(path) {
        None => Ok(vec![path.clone()]),
        Some(service) => match candidates::service_records(&service) {
            // The report on the name says that there is neither a file nor a service.
            Err(SelectionError::NoRecord(_)) => Ok(vec![path.clone()]),
            selected => selected,
        },
    };
    let each = paths.iter().map(all_of);
    Ok(each.collect::<Result<Vec<_>, SelectionError>>()?.concat())
}

impl<'a> Source<'a> {
    fn new(named: &[PathBuf], service: Option<&'a Service>) -> Self {
        if !named.is_empty() {
            return Self::Named(named.to_vec());
        }
        let variable = env::var_os(RECORD_VARIABLE).filter(|path| !path.is_empty());
        match (service, variable) {
            (Some(service), _) => Self::Service(service),
            (None, Some(path)) => Self::Named(vec![path.into()]),
            (None, None) => Self::OnlyCandidate,
        }
    }

    /// Returns the records that are meant now, at least one.
    fn records(&self, candidates: Candidates<'_>) -> Result<Vec<PathBuf>, SelectionError> {
        match self {
            Self::EntireRegistry => all_records(),
            Self::Named(paths) => {
                let each = paths.iter().map(|path| named(path, candidates));
                Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
            }
            Self::Service(service) => candidates::service_record(service, candidates),
            Self::OnlyCandidate => candidates::only_record(candidates),
        }
    }

    /// Returns how many of the records are standard input.
    fn count_stdin(&self) -> usize {
        match self {
            Self::Named(paths) => paths.iter().filter(|path| is_stdin(path)).count(),
            _ => 0,
        }
    }
}

impl<'a> From<&'a ProbeArgs> for Source<'a> {
    fn from(args: &'a ProbeArgs) -> Self {
        if args.all {
            Self::EntireRegistry
        } else {
            Self::new(&args.records, args.service.as_ref())
        }
    }
}

/// Returns the record at a path, or that of the service with this name if there is no such
/// file.
fn named(path: &Path, candidates: Candidates<'_>) -> Result<Vec<PathBuf>, SelectionError> {
    let Some(service) = service_named(path) else {
        return Ok(vec![path.to_owned()]);
    };
    match candidates::service_record(&service, candidates) {
        // The file may appear.
        Err(SelectionError::NoRecord(_)) => Ok(vec![path.to_owned()]),
        selected => selected,
    }
}

/// Returns the service that an argument names, unless it is a file.
fn service_named(path: &Path) -> Option<Service> {
    let service = path.to_str()?.parse().ok()?;
    let attributes = __private::attributes(path);
    let is_missing = attributes.is_err_and(|error| error.kind() == ErrorKind::NotFound);
    is_missing.then_some(service)
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn all_records() -> Result<Vec<PathBuf>, SelectionError> {
    let registry = require_registry(SET_HOME)?;
    let files = record_files(&registry)?;
    if files.is_empty() {
        return Err(SelectionError::NothingYet(no_records(&registry)));
    }
    Ok(files)
}

/// The records that `probe` is about, in one round or in many.
#[derive(Debug)]
pub(crate) struct Selection<'a> {
    source: Source<'a>,
    /// The records of the last round that had any.
    last: Vec<PathBuf>,
}

impl<'a> Selection<'a> {
    /// Prepares a selection. Standard input must not be read more than once.
    pub(crate) fn new(args: &'a ProbeArgs) -> Result<Self> {
        let source = Source::from(args);
        let repeats = args
            .wait
            .map(|_| "--wait")
            .or(args.watch.map(|_| "--watch"));
        match (source.count_stdin(), repeats) {
            (0, _) | (1, None) => Ok(Self {
                source,
                last: Vec::new(),
            }),
            (_, repeats) => Err(second_read(repeats).into()),
        }
    }

    /// Returns whether the records are searched for in the registry.
    pub(crate) fn uses_registry(&self) -> bool {
        match &self.source {
            Source::Named(paths) => paths.iter().any(|path| service_named(path).is_some()),
            _ => true,
        }
    }

    /// Selects the records that are meant now, at least one. Records of the last round
    /// stay selected while their files exist, unless the service that is named has
    /// another record by now.
    pub(crate) fn next_round(
        &mut self,
        digests: &Arc<ImageDigests>,
    ) -> Result<&[PathBuf], SelectionError> {
        let is_fixed = matches!(self.source, Source::Named(_) | Source::OnlyCandidate);
        let exist = !self.last.is_empty() && self.last.iter().all(|path| exists(path));
        if !(exist && is_fixed) {
            let keeps_last = exist && matches!(self.source, Source::Service(_));
            match self.source.records(Candidates::Live(digests)) {
                Err(_) if keeps_last => {}
                selected => self.last = selected?,
            }
        }
        Ok(&self.last)
    }
}

/// Returns whether there is a file at a path, or may be: its file system does not answer.
fn exists(path: &Path) -> bool {
    match __private::attributes(path) {
        Ok(_) => true,
        Err(error) => __private::is_hang(&error),
    }
}

/// Describes an attempt to read standard input again, by an option that repeats or by
/// a second argument.
fn second_read(repeats: Option<&str>) -> Failure {
    let (message, hint) = match repeats {
        Some(option) => (
            format!("{option} reads records again, and standard input (-) can be read only once"),
            "name a file instead of -",
        ),
        None => (
            "standard input (-) is named more than once".to_owned(),
            "name it once; files may be named beside it",
        ),
    };
    Failure::new(ExitCode::Usage, "usage", message).hint(hint)
}
