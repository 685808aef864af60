//! File systems that may never answer: none is known to be one. Looking at files by their
//! paths.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::unsupported;
use super::files::{attributes_of, look_at, look_at_link, open, plain, stat_open};
use crate::deadline::Deadline;
use crate::platform::types::{FileAttributes, FileStat, Mount, Readable};

/// A deadline that no operation has.
#[must_use = "the limit ends with the value"]
pub(crate) struct TimeLimit;

impl TimeLimit {
    pub(crate) fn until(_: Deadline) -> Self {
        Self
    }
}

pub(crate) fn guarded<T>(
    here: impl FnOnce() -> io::Result<T>,
    _apart: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    here()
}

/// A helper process, which cannot be started.
#[derive(Debug)]
pub(crate) struct Helper<T>(PhantomData<T>);

impl<T> Helper<T> {
    pub(crate) fn start(_: Mount, _work: impl FnOnce() -> (T, Option<File>)) -> io::Result<Self> {
        unsupported()
    }

    #[expect(clippy::unused_self, reason = "other systems have helpers")]
    pub(crate) fn finish(self) -> io::Result<(T, Option<File>)> {
        unsupported()
    }

    #[expect(clippy::unused_self, reason = "other systems have helpers")]
    pub(crate) fn poll(&mut self, _timeout: Duration) -> io::Result<Option<(T, Option<File>)>> {
        unsupported()
    }
}

/// An error of the system that can be sent from one process to another.
#[derive(Debug)]
pub(crate) struct Fault(io::Error);

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

pub(crate) fn beat() {}

/// Tells the sizes of files; none here.
#[derive(Debug, Default)]
pub(crate) struct LocalSizes;

impl LocalSizes {
    /// Returns `None`: files are read at the same time, whatever their size is.
    #[expect(clippy::unused_self, reason = "other systems keep directories open")]
    pub(crate) fn of(&self, _: &Path) -> Option<u64> {
        None
    }
}

/// Returns the attributes of a file. Links are followed.
///
/// # Errors
///
/// The error of the system.
pub fn attributes(path: &Path) -> io::Result<FileAttributes> {
    attributes_of(&look_at(path)?)
}

/// Returns the attributes of a file or link.
///
/// # Errors
///
/// The error of the system.
pub fn link_attributes(path: &Path) -> io::Result<FileAttributes> {
    attributes_of(&look_at_link(path)?)
}

/// Returns a path without links, and without the prefix `\\?\`.
///
/// # Errors
///
/// The error of the system.
pub fn resolved(path: &Path) -> io::Result<PathBuf> {
    std::fs::canonicalize(path).map(plain)
}

pub(crate) fn stat(path: &Path) -> io::Result<FileStat> {
    stat_open(&look_at(path)?)
}

/// Returns the names of at most `limit` files of a directory, in any order.
///
/// # Errors
///
/// The error of the system.
pub fn names_in(path: &Path, limit: usize) -> io::Result<Vec<OsString>> {
    let entries = std::fs::read_dir(path).map_err(|error| match std::fs::metadata(path) {
        // The system calls the name invalid.
        Ok(found) if !found.is_dir() => io::ErrorKind::NotADirectory.into(),
        _ => error,
    })?;
    entries
        .take(limit)
        .map(|entry| Ok(entry?.file_name()))
        .collect()
}

pub(crate) fn readable(path: &Path) -> io::Result<Readable> {
    let file = open(path)?;
    Ok(Readable { file, mount: None })
}

pub(crate) fn reopened(file: &File) -> io::Result<File> {
    super::sys::file::reopened(file)
}

pub(crate) fn known_attributes(file: &File) -> io::Result<FileAttributes> {
    attributes_of(file)
}
