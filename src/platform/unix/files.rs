//! Files: attributes, opening without side effects, standard input.

use std::fs::{File, FileType};
use std::io;
use std::os::fd::AsFd;
#[cfg(feature = "digest")]
use std::os::unix::fs::FileExt;
use std::os::unix::fs::FileTypeExt;

use rustix::fs::{Mode, Stat, fstat};

use super::stat::{device, mode};
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileId, FileStat, Ownership};

impl FileKind {
    /// Returns the kind of a file; `None` for a regular file.
    #[must_use]
    pub fn from_file_type(file_type: FileType) -> Option<Self> {
        if file_type.is_file() {
            None
        } else if file_type.is_dir() {
            Some(Self::Directory)
        } else if file_type.is_fifo() {
            Some(Self::Fifo)
        } else if file_type.is_socket() {
            Some(Self::Socket)
        } else if file_type.is_block_device() || file_type.is_char_device() {
            Some(Self::Device)
        } else {
            Some(Self::File)
        }
    }
}

/// Returns standard input as an unbuffered file, by
/// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html) with `F_DUPFD_CLOEXEC`.
pub(crate) fn own_stdin() -> io::Result<File> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Returns the attributes of an open file, by
/// [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html).
pub(crate) fn stat_open(file: &File) -> io::Result<FileStat> {
    Ok(stat_of(&fstat(file)?))
}

/// Reads from `offset` on, by
/// [pread(2)](https://man7.org/linux/man-pages/man2/pread.2.html).
#[cfg(feature = "digest")]
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    file.read_at(buffer, offset)
}

/// Returns the attributes by the result of
/// [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html).
pub(super) fn stat_of(stat: &Stat) -> FileStat {
    FileStat {
        id: id_of(stat),
        size: u64::try_from(stat.st_size).unwrap_or_default(),
        modified_ns: nanoseconds(stat.st_mtime, stat.st_mtime_nsec),
        changed_ns: nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
    }
}

/// Returns the identity by the result of
/// [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html).
pub(super) fn id_of(stat: &Stat) -> FileId {
    file_id(device(stat), stat.st_ino)
}

/// Returns the owner and mode by the result of
/// [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html).
pub(super) fn ownership(stat: &Stat) -> Ownership {
    Ownership {
        owner: stat.st_uid,
        mode: mode(stat) & 0o7777,
    }
}

pub(super) fn file_id(device: u64, inode: u64) -> FileId {
    FileId {
        device,
        inode: inode.into(),
    }
}

pub(super) fn nanoseconds(seconds: impl Into<i128>, nanoseconds: impl Into<i128>) -> i128 {
    seconds.into() * 1_000_000_000 + nanoseconds.into()
}

/// Sets the umask to 077 for this process and its children, by
/// [umask(2)](https://man7.org/linux/man-pages/man2/umask.2.html).
pub fn keep_new_files_private() {
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
}
