//! Where the records of a command come from.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::candidates::{self, Candidates};
use super::registry::{SET_HOME, SelectionError, no_records, record_files, require_registry};
use crate::args::{ProbeArgs, Service, TargetArgs};

/// The variable that names a record if no argument does.
const RECORD_VARIABLE: &str = "RPCTL_RECORD";

/// The place that names the records of a command, by the first argument that is
/// given.
#[derive(Debug)]
pub(super) enum Source<'a> {
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
pub(crate) fn select_one(args: &TargetArgs, candidates: Candidates<'_>) -> Result<PathBuf> {
    let named = args.record.as_slice();
    let mut records = Source::new(named, args.service.as_ref()).records(candidates)?;
    Ok(records.swap_remove(0))
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
    pub(super) fn records(
        &self,
        candidates: Candidates<'_>,
    ) -> Result<Vec<PathBuf>, SelectionError> {
        match self {
            Self::EntireRegistry => all_records(),
            Self::Named(paths) => Ok(paths.clone()),
            Self::Service(service) => candidates::service_record(service, candidates),
            Self::OnlyCandidate => candidates::only_record(candidates),
        }
    }

    /// Returns how many of the records are standard input.
    pub(super) fn count_stdin(&self) -> usize {
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
