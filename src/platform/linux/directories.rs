//! Directories: private ones, locks.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::users::effective_uid;
use crate::deadline::Deadline;

/// Create what is missing of `path`, for its owner alone.
///
/// # Errors
///
/// When a directory cannot be created, or something else has its name.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| match error.kind() {
            // Where a file has its name, or the name of a directory above it.
            io::ErrorKind::AlreadyExists => io::ErrorKind::NotADirectory.into(),
            _ => error,
        })
}

/// Whether nobody but the caller can create or replace files in a directory.
///
/// # Errors
///
/// When the directory cannot be looked at.
pub fn is_private_dir(path: &Path) -> io::Result<bool> {
    let metadata = std::fs::symlink_metadata(path)?;
    Ok(metadata.is_dir() && metadata.uid() == effective_uid() && metadata.mode() & 0o022 == 0)
}

/// How long to wait for another holder of a directory's lock, in all and from
/// one attempt to the next. flock(2) itself has no time limit, and anybody who
/// may read a directory may lock it for ever.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Lock a directory against other holders of such a lock, until the file is
/// dropped. On a file system that has no such locks, none is taken.
///
/// # Errors
///
/// When the directory cannot be opened or locked;
/// [`io::ErrorKind::TimedOut`] when another process has kept the lock for 5
/// seconds.
pub fn lock_dir(path: &Path) -> io::Result<File> {
    let directory = File::open(path)?;
    let deadline = Deadline::after(LOCK_PATIENCE);
    loop {
        match rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(directory),
            // NFS locks only files that are open for writing, which no directory is.
            Err(Errno::BADF | Errno::NOLCK | Errno::NOSYS | Errno::OPNOTSUPP) => {
                return Ok(directory);
            }
            Err(Errno::INTR) => {}
            Err(Errno::WOULDBLOCK) if deadline.has_passed() => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another process keeps the directory locked",
                ));
            }
            Err(Errno::WOULDBLOCK) => std::thread::sleep(LOCK_PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
}
