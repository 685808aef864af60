//! The locks on a file and their holders.

use std::fs::File;
use std::io;

use super::process::PinnedProcess;
use super::record_lock::record_lock_holder;
use crate::platform::types::{FileId, LockHolder};

/// Returns the holder of a lock on an open file that keeps this process from locking it, by
/// `F_GETLK`, which tells also of locks by flock(2), without their holders. Others are not
/// listed.
pub(crate) fn lock_holders(file: &File) -> io::Result<Vec<LockHolder>> {
    Ok(record_lock_holder(file)?.into_iter().collect())
}

/// Returns none: the system does not list the locks of a process.
pub(crate) fn lock_writers(_: FileId) -> Vec<PinnedProcess> {
    Vec::new()
}

impl PinnedProcess {
    /// Fails: the system does not list the locks of a process.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn holds_lock(&self, _file: FileId) -> io::Result<bool> {
        let message = "macOS does not tell which process has locked a file by flock(2)";
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
}
