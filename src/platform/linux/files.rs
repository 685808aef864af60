//! Files: who owns them, opening without side effects, private directories.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::platform::types::{FileId, FileStat};

/// Whether a file can be opened by name.
pub(crate) fn has_a_name(metadata: &Metadata) -> bool {
    metadata.nlink() > 0
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

/// Let no file that this process or its children create from now on be for
/// anybody but its owner, whatever the caller's umask was.
pub fn keep_new_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}
