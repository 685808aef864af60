//! The error of what Windows does not offer.

use std::io;

/// Returns the error of an operation that is not possible on Windows, or not written yet.
pub(super) fn unsupported<T>() -> io::Result<T> {
    let message = "rpctl cannot do this on Windows";
    Err(io::Error::new(io::ErrorKind::Unsupported, message))
}
