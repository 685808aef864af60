//! Errors of paths.

use std::io;

use rustix::io::Errno;

/// Returns whether an error says that a path leads to no file, now or later: it is malformed
/// or too long, or its links lead to each other. See
/// [path_resolution(7)](https://man7.org/linux/man-pages/man7/path_resolution.7.html).
pub(crate) fn leads_nowhere(error: &io::Error) -> bool {
    let number = Errno::from_io_error(error);
    matches!(number, Some(Errno::LOOP | Errno::NAMETOOLONG))
        || error.kind() == io::ErrorKind::InvalidInput
}
