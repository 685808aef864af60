//! File systems that may never answer: none is known to be one.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::unsupported;
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

/// Returns the attributes of a file.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn attributes(_: &Path) -> io::Result<FileAttributes> {
    unsupported()
}

/// Returns the attributes of a file or symbolic link.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn link_attributes(_: &Path) -> io::Result<FileAttributes> {
    unsupported()
}

/// Returns a path without symbolic links.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn resolved(_: &Path) -> io::Result<PathBuf> {
    unsupported()
}

pub(crate) fn stat(_: &Path) -> io::Result<FileStat> {
    unsupported()
}

/// Returns the names in a directory: not known here.
///
/// # Errors
///
/// Always.
pub fn names_in(_: &Path, _limit: usize) -> io::Result<Vec<OsString>> {
    unsupported()
}

pub(crate) fn readable(_: &Path) -> io::Result<Readable> {
    unsupported()
}

pub(crate) fn reopened(_: &File) -> io::Result<File> {
    unsupported()
}

pub(crate) fn known_attributes(_: &File) -> io::Result<FileAttributes> {
    unsupported()
}
