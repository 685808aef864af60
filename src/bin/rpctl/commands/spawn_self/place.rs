//! Places that the caller chose, and that turn out to be of no use.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rpctl::__private::shell;

use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// The absolute path of a place that the caller named. Its directory must be there:
/// one that is not is more likely misspelt than meant to be made.
pub(super) fn named(option: &str, path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).with_context(|| format!("cannot resolve {option}"))?;
    let directory = path.parent().unwrap_or(&path);
    match std::fs::metadata(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let message = format!("{option}: there is no directory {}", directory.display());
            let make = format!("mkdir -p {}", shell::file(directory));
            Err(Failure::new(ExitCode::Usage, "place_unusable", message)
                .hint(format!("{make}, or choose another place with {option}"))
                .into())
        }
        // What else is wrong with it shows when it is used.
        _ => Ok(path),
    }
}

/// The failure to use a directory.
pub(super) fn unusable_directory(option: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    let message = format!("cannot use the directory {}: {error}", path.display());
    unusable(option, message, error)
}

/// The failure to use a place for a socket or a record: a matter of usage where
/// another place would do, an internal error otherwise.
pub(super) fn unusable(option: &str, message: String, source: &io::Error) -> anyhow::Error {
    if !is_to_blame(source.kind()) {
        return anyhow::Error::msg(message);
    }
    Failure::new(ExitCode::Usage, "place_unusable", message)
        .hint(format!(
            "choose a place that you can write to, with {option}"
        ))
        .into()
}

fn is_to_blame(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::PermissionDenied
            | ErrorKind::ReadOnlyFilesystem
            | ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidFilename
            | ErrorKind::AddrInUse
            | ErrorKind::TimedOut
    )
}
