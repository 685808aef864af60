//! Files: who owns them, opening without side effects, private directories.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use crate::deadline::Deadline;
use crate::platform::{FileId, FileStat, Ownership};

pub(crate) fn ownership(metadata: &Metadata) -> Ownership {
    Ownership {
        owner: metadata.uid(),
        mode: metadata.mode() & 0o7777,
    }
}

/// Whether a file can be opened by name.
pub(crate) fn has_a_name(metadata: &Metadata) -> bool {
    metadata.nlink() > 0
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

pub(crate) fn stat_open(file: &File) -> io::Result<FileStat> {
    file.metadata().map(|metadata| file_stat(&metadata))
}

/// Creates a file with mode 0600 for writing, by
/// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html) with `O_EXCL`: a file
/// that exists is an error.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

pub(crate) fn file_stat(metadata: &Metadata) -> FileStat {
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

/// Let no file that this process or its children create from now on be for
/// anybody but its owner, whatever the caller's umask was.
pub fn keep_new_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
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
            Err(Errno::WOULDBLOCK) => super::pause(None, LOCK_PAUSE).map(drop)?,
            Err(error) => return Err(error.into()),
        }
    }
}
