//! The files that paths name for a process: its root or working directory may be other ones
//! than those of this process.

use std::io;
use std::path::{Path, PathBuf};

use super::paths::stat;
use super::process::PinnedProcess;
use super::questions::directories_of;
use crate::platform::types::{FileId, FileStat};
use crate::standstill::Standstill;

/// A file that a process has a path for, and the path that this process has for it.
#[derive(Debug)]
pub(crate) struct HeldFile {
    path: PathBuf,
    id: FileId,
}

impl HeldFile {
    fn new(path: PathBuf) -> io::Result<Self> {
        let id = stat(&path)?.id;
        Ok(Self { path, id })
    }

    /// Returns the identity of the file when it was looked up.
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// Returns the path of the file for this process. Another file can get it.
    pub(crate) fn path(&self) -> PathBuf {
        self.path.clone()
    }
}

impl PinnedProcess {
    /// Returns whether this process has another root directory than that of the system, as far
    /// as that may be read.
    pub(crate) fn has_other_root(&self) -> bool {
        self.root().is_ok_and(|root| root.is_some())
    }

    /// Returns `true`: users are the same everywhere.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn is_in_our_user_namespace(&self) -> bool {
        true
    }

    /// Looks up the file that a path names for this process, below its root directory.
    pub(crate) fn hold_inside(&self, path: &Path) -> io::Result<HeldFile> {
        HeldFile::new(self.inside(path)?)
    }

    /// Looks up the file that a relative path names in the working directory of this process.
    pub(crate) fn hold_in_working_directory(&self, path: &Path) -> io::Result<HeldFile> {
        let (directory, _) = self.looked(directories_of(self.pid()))?;
        HeldFile::new(directory.ok_or(io::ErrorKind::NotFound)?.path.join(path))
    }

    /// Returns the attributes of the file that a path names for this process.
    pub(crate) fn stat_inside(&self, path: &Path) -> io::Result<FileStat> {
        stat(&self.inside(path)?)
    }

    /// Returns `None`: the system does not tell why a process does nothing.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn standstill(&self) -> Option<Standstill> {
        None
    }

    fn root(&self) -> io::Result<Option<PathBuf>> {
        let (_, root) = self.looked(directories_of(self.pid()))?;
        let root = root.map(|root| root.path);
        Ok(root.filter(|root| root != Path::new("/")))
    }

    /// Returns the path that this process has for a file below the root of the other one.
    /// Links there are followed as if they were here.
    fn inside(&self, path: &Path) -> io::Result<PathBuf> {
        let root = match self.root() {
            // That of a process of another user is not told: few have one of their own.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => None,
            root => root?,
        };
        let below = path.strip_prefix("/").unwrap_or(path);
        Ok(root.map_or_else(|| path.to_owned(), |root| root.join(below)))
    }
}
