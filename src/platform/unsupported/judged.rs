//! Files and directories that were examined before they are used.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;

use super::error::unsupported;
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileId, FileStat, Ownership, Writer};

/// A file that was examined and opened, and the users who could have written it.
#[derive(Debug)]
pub(crate) struct JudgedFile {
    pub(crate) file: File,
    pub(crate) stat: FileStat,
    pub(crate) ownership: Ownership,
    pub(crate) writers: Vec<Writer>,
}

/// A cache of directories that were examined; always empty.
#[derive(Debug, Default)]
pub(crate) struct PathChecks;

impl PathChecks {
    #[expect(clippy::unused_self, reason = "other systems have a cache here")]
    pub(crate) fn open(&self, _: &Path) -> io::Result<Result<JudgedFile, FileKind>> {
        unsupported()
    }
}

pub(crate) fn file_writers(_: &File) -> io::Result<Vec<Writer>> {
    unsupported()
}

/// A directory that is held open.
#[derive(Debug)]
pub(crate) enum Directory {}

impl Directory {
    pub(crate) fn open(_: &Path) -> io::Result<Self> {
        unsupported()
    }

    pub(crate) fn create(_: &Path) -> io::Result<Self> {
        unsupported()
    }

    pub(crate) fn of_file(_: &Path) -> io::Result<Self> {
        unsupported()
    }

    pub(crate) fn writers(&self) -> &[Writer] {
        match *self {}
    }

    pub(crate) fn path(&self) -> &Path {
        match *self {}
    }

    pub(crate) fn id(&self) -> io::Result<FileId> {
        match *self {}
    }

    pub(crate) fn ownership(&self) -> io::Result<Ownership> {
        match *self {}
    }

    pub(crate) fn ownership_of(&self, _: &OsStr) -> io::Result<Option<Ownership>> {
        match *self {}
    }

    pub(crate) fn names(&self) -> io::Result<std::vec::IntoIter<io::Result<OsString>>> {
        match *self {}
    }

    pub(crate) fn replace(
        &self,
        _: &OsStr,
        _write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn remove_if(
        &self,
        _: &OsStr,
        _matches: impl Fn(&Path) -> bool,
    ) -> io::Result<bool> {
        match *self {}
    }
}
