//! What paths name.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, lstat, open};

use super::descriptor_path::path_of_descriptor;
use super::files::{ownership, stat_of};
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileAttributes, FileStat, Readable};

/// Returns the attributes of the file at a path. Symbolic links are followed.
///
/// # Errors
///
/// The error of the system.
pub fn attributes(path: &Path) -> io::Result<FileAttributes> {
    Ok(from_stat(&rustix::fs::stat(path)?))
}

/// Returns the attributes of the file or symbolic link at a path.
///
/// # Errors
///
/// The error of the system.
pub fn link_attributes(path: &Path) -> io::Result<FileAttributes> {
    Ok(from_stat(&lstat(path)?))
}

/// Returns the attributes of an open file.
pub(super) fn attributes_of(file: impl AsFd) -> io::Result<FileAttributes> {
    Ok(from_stat(&fstat(file)?))
}

/// Returns the attributes of an open file.
pub(crate) fn known_attributes(file: &File) -> io::Result<FileAttributes> {
    attributes_of(file)
}

fn from_stat(stat: &Stat) -> FileAttributes {
    let file_type = FileType::from_raw_mode(stat.st_mode);
    FileAttributes {
        stat: stat_of(stat),
        ownership: ownership(stat),
        kind: match file_type {
            FileType::RegularFile => None,
            FileType::Directory => Some(FileKind::Directory),
            FileType::Fifo => Some(FileKind::Fifo),
            FileType::Socket => Some(FileKind::Socket),
            FileType::BlockDevice | FileType::CharacterDevice => Some(FileKind::Device),
            _ => Some(FileKind::File),
        },
        is_link: file_type == FileType::Symlink,
        is_named: stat.st_nlink > 0,
    }
}

/// Returns the identity and times of the file at a path, as [`attributes`].
pub(crate) fn stat(path: &Path) -> io::Result<FileStat> {
    attributes(path).map(|attributes| attributes.stat)
}

/// Tells the sizes of files.
#[cfg(feature = "client")]
#[derive(Debug, Default)]
pub(crate) struct LocalSizes(());

#[cfg(feature = "client")]
impl LocalSizes {
    /// Returns the size of the file at a path.
    #[expect(clippy::unused_self, reason = "other systems keep directories open")]
    pub(crate) fn of(&self, path: &Path) -> Option<u64> {
        stat(path).ok().map(|stat| stat.size)
    }
}

/// Returns the path without symbolic links of the file at a path.
///
/// # Errors
///
/// The error of the system.
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

/// Returns the names in a directory, but no more than `limit`.
///
/// # Errors
///
/// The error of the system.
pub fn names_in(directory: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    let entries = std::fs::read_dir(directory)?.take(limit);
    entries.map(|entry| Ok(entry?.file_name())).collect()
}

/// Opens the file at a path.
///
/// # Errors
///
/// The error of the system.
pub(crate) fn readable(path: &Path) -> io::Result<Readable> {
    let file = open_without_blocking(path)?;
    Ok(Readable { file, mount: None })
}

/// Opens a file for reading. `O_NONBLOCK` keeps a FIFO from blocking.
pub(super) fn open_without_blocking(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(open(path, flags, Mode::empty())?.into())
}

/// Opens an open file once more, for reading from its begin.
pub(crate) fn reopened(file: &File) -> io::Result<File> {
    let id = attributes_of(file)?.stat.id;
    if let Ok(opened) = open_without_blocking(&path_of_descriptor(file))
        && attributes_of(&opened)?.stat.id == id
    {
        return Ok(opened);
    }
    // A file that has no name any more, or another one than before.
    let mut duplicate = file.try_clone()?;
    duplicate.rewind()?;
    Ok(duplicate)
}
