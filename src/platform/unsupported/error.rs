//! The error of every operation.

use std::io;

/// Returns the error of an operation that this system does not have yet.
pub(super) fn unsupported<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}
