//! The registry of the user, as the environment names it, and the lack of records in it.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rpctl::__private;
use rpctl::registry::{Keeper, Registry};

use crate::args::{self, Service};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::suggestions;

/// The hint if the environment names no registry and only a registry would do.
pub(crate) const SET_HOME: &str = "set HOME, or RUNNING_PROCESS_MANIFEST_DIR";

/// The hint if there is no record.
pub(super) const START_ONE: &str = "name a record, or start a daemon: rpctl spawn-self";

/// Returns the registry of the user. `hint` says what to do if the environment names
/// none.
pub(crate) fn require_registry(hint: &str) -> Result<Registry> {
    args::user_registry().ok_or_else(|| {
        let message = "nothing says where the registry is";
        Failure::new(ExitCode::Usage, "no_registry", message)
            .hint(hint)
            .into()
    })
}

/// Returns the record files of a registry, those of each directory sorted by name.
///
/// Where manifests and process records are cannot be read without an error. A directory of
/// another program that cannot be read takes the place of its records: there may be some.
pub(crate) fn record_files(registry: &Registry) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for place in registry.places() {
        let top = place.directory();
        let is_own = matches!(place.keeper(), Keeper::Manifests | Keeper::ProcessRecords);
        let directories = place.directories();
        for directory in directories.unwrap_or_else(|_| vec![top.to_owned()]) {
            match (place.files_in(&directory), is_own) {
                (Ok(found), _) => files.extend(found),
                (Err(error), _) if error.kind() == io::ErrorKind::NotADirectory && !is_own => {}
                // A file in its place is listed as what it is, beside the manifests.
                (Err(error), true)
                    if error.kind() == io::ErrorKind::NotADirectory
                        && place.keeper() == Keeper::ProcessRecords =>
                {
                    files.push(directory);
                }
                (Err(error), true) => return Err(unreadable(&directory, error)),
                (Err(_), false) if files.iter().any(|hidden| directory.starts_with(hidden)) => {}
                (Err(_), false) => files.push(directory),
            }
        }
    }
    Ok(files)
}

fn unreadable(directory: &Path, error: io::Error) -> anyhow::Error {
    let directory = directory.display();
    let context = format!("cannot read the registry in {directory}");
    if !__private::is_hang(&error) {
        return anyhow::Error::new(error).context(context);
    }
    Failure::for_hang(format!("{context}: {error}")).into()
}

/// Describes an empty registry, about which nothing can be proven.
pub(crate) fn no_records(registry: &Registry) -> Failure {
    let message = format!("{} holds no records", registry.directory().display());
    no_target(message).hint(START_ONE)
}

pub(super) fn no_target(message: String) -> Failure {
    Failure::new(ExitCode::Usage, "no_target", message)
}

fn no_record(service: &Service) -> Failure {
    let message = format!("there is no record of the service {service}");
    Failure::new(ExitCode::InvalidRecord, "no_record", message)
        .hint("check the name; rpctl list shows the records of your registry")
        .candidates(suggestions::services_like(&service.name))
}

/// The reason why no record is selected.
#[derive(Debug)]
pub(crate) enum SelectionError {
    /// No record could be meant yet. A daemon that is being started may write one.
    NothingYet(Failure),
    /// The service has no record. A daemon that is being started may write it.
    NoRecord(Service),
    /// Any other error. Waiting does not help.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for SelectionError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<SelectionError> for anyhow::Error {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::NothingYet(failure) => failure.into(),
            SelectionError::NoRecord(service) => no_record(&service).into(),
            SelectionError::Other(error) => error,
        }
    }
}
