//! Files: who owns them, opening without side effects, private directories.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{FlockOperation, OFlags};

use crate::platform::{FileId, FileStat, Trust};

pub(crate) fn trust(metadata: &Metadata) -> Trust {
    Trust {
        owner: metadata.uid(),
        mode: metadata.mode() & 0o7777,
    }
}

/// The real user ID of this process.
#[must_use]
pub fn user_id() -> u32 {
    rustix::process::getuid().as_raw()
}

pub(crate) fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Open for reading; a FIFO that takes the file's place does not block.
pub(crate) fn open_without_blocking(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .custom_flags((OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed())
        .open(path)
}

pub(crate) fn stat(path: &Path) -> io::Result<FileStat> {
    std::fs::metadata(path).map(|metadata| file_stat(&metadata))
}

pub(super) fn file_stat(metadata: &Metadata) -> FileStat {
    FileStat {
        id: FileId {
            device: metadata.dev(),
            inode: metadata.ino(),
        },
        size: metadata.size(),
        modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
    }
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}

/// Create what is missing of `path`, for its owner alone.
///
/// # Errors
///
/// When a directory cannot be created, or something else has its name.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
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

/// Lock a directory against other holders of such a lock, until the file is
/// dropped.
///
/// # Errors
///
/// When the directory cannot be opened or locked.
pub fn lock_dir(path: &Path) -> io::Result<File> {
    let directory = File::open(path)?;
    rustix::fs::flock(&directory, FlockOperation::LockExclusive)?;
    Ok(directory)
}
