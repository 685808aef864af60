//! Places for files that cannot be used.

use std::io::{self, ErrorKind};
use std::path::Path;

use rpctl::__private;

use crate::exit_code::ExitCode;
use crate::failure::{Failure, advice};

/// Describes the failure to use a directory.
pub(super) fn unusable_directory(option: &str, path: &Path, error: &io::Error) -> anyhow::Error {
    let message = format!("cannot use the directory {}: {error}", path.display());
    unusable(option, message, error)
}

/// Describes the failure to use a path for a socket or a record: a usage error if another
/// path would do, or else an internal error.
pub(super) fn unusable(option: &str, message: String, source: &io::Error) -> anyhow::Error {
    let failure = match source.kind() {
        _ if __private::is_hang(source) => Failure::for_hang(message),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            let hint = format!("make room on that file system, or choose another with {option}");
            Failure::new(ExitCode::Internal, "internal", message).hint(hint)
        }
        kind if is_fault_of_path(kind) => {
            let hint = format!("choose a place that you can write to, with {option}");
            Failure::new(ExitCode::Usage, "place_unusable", message).hint(hint)
        }
        _ => Failure::new(ExitCode::Internal, "internal", message).hint(advice(Some(source))),
    };
    failure.into()
}

fn is_fault_of_path(kind: ErrorKind) -> bool {
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
