//! Users of the system and the files that belong to them.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::platform::types::{Ownership, UserId};

/// Returns the owner and mode of an open file, by
/// [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html).
pub(crate) fn ownership(file: &File) -> io::Result<Ownership> {
    file.metadata().map(|metadata| from_metadata(&metadata))
}

/// Returns the owner and mode of the file at a path, by
/// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html), which follows symbolic
/// links.
pub(crate) fn ownership_at(path: &Path) -> io::Result<Ownership> {
    std::fs::metadata(path).map(|metadata| from_metadata(&metadata))
}

fn from_metadata(metadata: &Metadata) -> Ownership {
    Ownership {
        owner: metadata.uid(),
        mode: metadata.mode() & 0o7777,
    }
}

/// Returns the real user ID of this process, by
/// [getuid(2)](https://man7.org/linux/man-pages/man2/getuid.2.html).
#[must_use]
pub fn user_id() -> UserId {
    rustix::process::getuid().as_raw()
}

/// Returns the effective user ID of this process, by
/// [geteuid(2)](https://man7.org/linux/man-pages/man2/geteuid.2.html).
pub(crate) fn effective_uid() -> UserId {
    rustix::process::geteuid().as_raw()
}
