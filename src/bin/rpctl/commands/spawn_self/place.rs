//! Places that the caller chose, and that turn out to be of no use.

use std::io::{self, ErrorKind};

use crate::exit_code::ExitCode;
use crate::failure::Failure;

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
