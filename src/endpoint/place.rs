//! The file that a recorded path names.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::platform::{self, FileId, HeldFile, PinnedProcess};

/// The socket file of an endpoint, as the recorded process names it.
#[derive(Debug)]
pub(crate) struct Place {
    recorded: PathBuf,
    /// The file, if the path names another one for this process, or none.
    held: Option<HeldFile>,
}

impl Place {
    /// Returns the file that a path names for the calling process.
    pub(super) fn here(path: &Path) -> Self {
        Self {
            recorded: path.to_owned(),
            held: None,
        }
    }

    /// Returns the file that a path names for `process`. If that process has no such file,
    /// the path may have been recorded as it is here.
    ///
    /// `None` for a relative path that names nothing in the working directory of the
    /// process: that of the calling process has nothing to do with it.
    ///
    /// # Errors
    ///
    /// The file system does not answer.
    pub(super) fn of_process(
        path: &Path,
        process: Option<&PinnedProcess>,
    ) -> io::Result<Option<Self>> {
        let mut place = Self::here(path);
        if !platform::ENDPOINTS_ARE_FILES {
            // A name is that of one pipe for all.
        } else if path.is_relative() {
            let held = process.map(|process| process.hold_in_working_directory(path));
            let Some(held) = unless_hung(held)? else {
                return Ok(None);
            };
            place.held = Some(held);
        } else if let Some(process) = process.filter(|process| process.has_other_root()) {
            let ours = platform::stat(path).map(|stat| stat.id);
            let held = unless_hung(Some(process.hold_inside(path)))?;
            place.held = held.filter(|held| ours.map_or(true, |ours| ours != held.id()));
        }
        Ok(Some(place))
    }

    /// Returns a note for the reader if the path names another file for the calling
    /// process, or none.
    pub(crate) fn note(&self) -> Option<&'static str> {
        self.held.as_ref()?;
        Some(if self.recorded.is_relative() {
            "in the working directory of the process"
        } else {
            "in the mount namespace or root directory of the process, by /proc/PID/root"
        })
    }

    /// Returns a path that leads to the file from the calling process.
    pub(crate) fn path(&self) -> PathBuf {
        let held = self.held.as_ref();
        held.map_or_else(|| self.recorded.clone(), HeldFile::path)
    }

    /// Returns the name of the file, as it was recorded.
    pub(crate) fn name(&self) -> Option<&OsStr> {
        self.recorded.file_name()
    }

    /// Returns whether a path names this file for the calling process. If there is no such
    /// file, the directories and names are compared.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        if !platform::ENDPOINTS_ARE_FILES {
            return platform::is_same_endpoint(path, &self.recorded);
        }
        let id = |path: &Path| platform::stat(path).map(|stat| stat.id).ok();
        let is_same = |ours: Option<FileId>, theirs| ours.is_some() && ours == theirs;
        let directory = |path: &Path| path.parent().and_then(id);
        is_same(id(path), id(&self.path()))
            || (path.file_name() == self.name()
                && self.held.is_none()
                && is_same(directory(path), directory(&self.recorded)))
    }
}

/// Returns what was found; an error other than that of a file system that does not answer
/// is nothing.
fn unless_hung<T>(found: Option<io::Result<T>>) -> io::Result<Option<T>> {
    match found {
        Some(Err(error)) if platform::is_hang(&error) => Err(error),
        found => Ok(found.and_then(Result::ok)),
    }
}
