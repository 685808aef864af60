//! Validates the paths given on the command line, and chooses the others.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rpctl::__private;

use crate::commands::places::unusable_directory;
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::selection::require_registry;
use crate::shell;

/// The version in the record of the daemon.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Returns the absolute path of a file that the caller named. A missing directory is an
/// error: it is more likely misspelt than meant to be created.
pub(super) fn absolute(option: &str, path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).with_context(|| format!("cannot resolve {option}"))?;
    let directory = path.parent().unwrap_or(&path);
    match __private::attributes(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("{option}: there is no directory {}", directory.display());
            let make = format!("mkdir -p {}", shell::file(directory));
            Err(Failure::new(ExitCode::Usage, "place_unusable", message)
                .hint(format!("{make}, or choose another place with {option}"))
                .into())
        }
        Err(error) if __private::is_hang(&error) => {
            Err(unusable_directory(option, directory, &error))
        }
        // Any other fault appears when the path is used.
        _ => Ok(path),
    }
}

/// A socket to serve, and its directory if that was created for it.
type Place = (PathBuf, Option<CreatedDirectory>);

/// Returns the path of the socket that the caller chose, or else one of the service. Windows:
/// the name of a pipe, which is no path.
pub(super) fn endpoint(chosen: Option<&Path>, service: &str) -> Result<Place> {
    match chosen {
        Some(name) if !__private::ENDPOINTS_ARE_FILES => Ok((name.to_owned(), None)),
        None if !__private::ENDPOINTS_ARE_FILES => {
            let user = __private::user_id();
            Ok((format!("rpctl-{user}-{service}-{VERSION}").into(), None))
        }
        Some(path) => Ok((absolute("--endpoint", path)?, None)),
        None => {
            let (directory, created) = private_directory()?;
            Ok((directory.join(format!("{service}-{VERSION}.sock")), created))
        }
    }
}

/// Returns a directory that no other user can write to, and whether it was created: below the
/// runtime directory of the user, if that is private, or else in the temporary directory.
fn private_directory() -> Result<Place> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    if let Some(path) = runtime.filter(|path| path.is_absolute())
        && is_private(&path)?
    {
        let path = path.join("rpctl");
        let created = CreatedDirectory::unless_there(&path);
        if is_private(&path)? {
            return Ok((path, created));
        }
    }
    let path = temporary()?.join(format!("rpctl-{}", __private::user_id()));
    let created = CreatedDirectory::unless_there(&path);
    if is_private(&path)? {
        return Ok((path, created));
    }
    let hint = "set XDG_RUNTIME_DIR, or choose the socket with --endpoint";
    Err(not_private(&path, hint))
}

/// A directory that this command has created. It is removed with this value if it is empty: the
/// daemon was not started, or has ended.
#[derive(Debug)]
pub(super) struct CreatedDirectory(PathBuf);

impl CreatedDirectory {
    /// Prepares for a directory that is about to be created; `None` if it is there already, or
    /// cannot be looked at.
    fn unless_there(path: &Path) -> Option<Self> {
        let attributes = __private::attributes(path);
        let is_missing = attributes.is_err_and(|error| error.kind() == ErrorKind::NotFound);
        is_missing.then(|| Self(path.to_owned()))
    }
}

impl Drop for CreatedDirectory {
    fn drop(&mut self) {
        // One that is not empty stays.
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// Describes a directory that other users can change, or lead elsewhere.
pub(super) fn not_private(path: &Path, hint: &str) -> anyhow::Error {
    let path = path.display();
    let message = format!("{path} is not a private directory of yours, and cannot be made one");
    Failure::new(ExitCode::Refused, "directory_not_private", message)
        .hint(hint)
        .into()
}

/// Returns the absolute path of the directory for temporary files.
pub(super) fn temporary() -> Result<PathBuf> {
    std::path::absolute(std::env::temp_dir()).context("cannot resolve TMPDIR")
}

/// Creates a directory if it is missing, and returns whether it is private. It is
/// examined after its creation, so that no other user can create it in between.
///
/// A directory that does not answer is an error: it may well be private.
fn is_private(path: &Path) -> Result<bool> {
    let found = __private::create_private_dir(path).and_then(|()| __private::is_private_dir(path));
    match found {
        Err(error) if __private::is_hang(&error) => {
            Err(unusable_directory("--endpoint", path, &error))
        }
        found => Ok(found.unwrap_or(false)),
    }
}

/// Returns the path of the record in the registry, and creates the registry if it is
/// missing.
pub(super) fn in_registry(service: &str, version: &str) -> Result<PathBuf> {
    let registry = require_registry("set HOME, or choose the record with --record")?;
    let path = registry
        .service_path(service, version)
        .context("the service name leads out of the registry")?;
    __private::create_private_dir(registry.directory())
        .map_err(|error| unusable_directory("--record", registry.directory(), &error))?;
    std::path::absolute(path).context("cannot resolve the registry directory")
}
