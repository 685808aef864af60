//! Directories and files that were examined before they are used.
//!
//! While a directory is open without the right of others to remove it, neither it nor one
//! above it can be renamed, so its path stays that of this directory.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Storage::FileSystem::{
    DELETE, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_READ_ATTRIBUTES,
    FILE_SHARE_READ, FILE_SHARE_WRITE, READ_CONTROL,
};

use super::acl::{self, directory_writers};
use super::files::{attributes_of, look_at, look_at_link, open, plain, stat_open};
use super::new_directory::{self, new_name};
use super::sys::file as sys;
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

/// A reader of files, which remembers nothing: what is open here cannot be renamed by others.
#[derive(Debug, Default)]
pub(crate) struct PathChecks;

impl PathChecks {
    /// Opens a regular file for reading. The inner error is the kind of any other file.
    #[expect(clippy::unused_self, reason = "other systems have a cache here")]
    pub(crate) fn open(&self, path: &Path) -> io::Result<Result<JudgedFile, FileKind>> {
        let file = open(path)?;
        let attributes = attributes_of(&file)?;
        if let Some(kind) = attributes.kind {
            return Ok(Err(kind));
        }
        let mut writers = acl::file_writers(&file)?;
        // Links are followed: the directories of the file count.
        writers.extend(writers_above(&plain(std::fs::canonicalize(path)?)));
        Ok(Ok(JudgedFile {
            stat: attributes.stat,
            ownership: attributes.ownership,
            file,
            writers,
        }))
    }
}

/// Returns the users who can replace what is in the directories above a path.
fn writers_above(path: &Path) -> Vec<Writer> {
    let mut writers = Vec::new();
    for directory in path.ancestors().skip(1) {
        // The root of a volume has no directory that could be renamed.
        let judged = look_at(directory).and_then(|held| directory_writers(&held, directory));
        writers.extend(judged.unwrap_or_default());
    }
    writers
}

/// A directory that is held open.
#[derive(Debug)]
pub(crate) struct Directory {
    held: File,
    path: PathBuf,
    writers: Vec<Writer>,
}

impl Directory {
    /// Opens the directory at a path. Links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let held = OpenOptions::new()
            .access_mode(FILE_READ_ATTRIBUTES | READ_CONTROL)
            .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
            .custom_flags(FILE_FLAG_BACKUP_SEMANTICS)
            .open(path)?;
        if !held.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let path = plain(std::fs::canonicalize(path)?);
        let mut writers = directory_writers(&held, &path)?;
        writers.extend(writers_above(&path));
        Ok(Self {
            held,
            path,
            writers,
        })
    }

    /// Opens the directory at a path, and creates what is missing, as private directories.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        new_directory::create_missing(path)?;
        Self::open(path)
    }

    /// Opens the directory of the file at a path.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        Self::open(match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            parent => parent.unwrap_or(path),
        })
    }

    /// Returns the users, besides the caller and the system, who can replace the files in the
    /// directory, or lead its path elsewhere.
    pub(crate) fn writers(&self) -> &[Writer] {
        &self.writers
    }

    /// Returns the path without links.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the identity of the directory.
    pub(crate) fn id(&self) -> io::Result<FileId> {
        stat_open(&self.held).map(|stat| stat.id)
    }

    /// Returns the owner of the directory, and what others may do.
    pub(crate) fn ownership(&self) -> io::Result<Ownership> {
        acl::ownership(&self.held)
    }

    /// Returns the owner of a file in it; `None` for a link.
    pub(crate) fn ownership_of(&self, name: &OsStr) -> io::Result<Option<Ownership>> {
        let attributes = attributes_of(&look_at_link(&self.path.join(name))?)?;
        Ok((!attributes.is_link).then_some(attributes.ownership))
    }

    /// Returns the names of its files, in any order.
    pub(crate) fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>>> {
        let entries = std::fs::read_dir(&self.path)?;
        Ok(entries.map(|entry| entry.map(|entry| entry.file_name())))
    }

    /// Writes the content of a file with `write`, and puts it in the place of the file of
    /// that name: readers see the old file or the new one.
    pub(crate) fn replace(
        &self,
        name: &OsStr,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let aside = self.path.join(new_name());
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&aside)?;
        let written = write(&mut file);
        drop(file);
        let written = written.and_then(|()| std::fs::rename(&aside, self.path.join(name)));
        if written.is_err() {
            // The first error says more than one of the clean-up.
            let _ = std::fs::remove_file(&aside);
        }
        written
    }

    /// Does nothing: the system writes directories by itself.
    #[expect(clippy::unused_self, reason = "other systems write the directory")]
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    /// Removes the file of a name if `matches` accepts it, as [`remove_if`].
    pub(crate) fn remove_if(
        &self,
        name: &OsStr,
        matches: impl Fn(&Path) -> bool,
    ) -> io::Result<bool> {
        remove_if(&self.path.join(name), matches)
    }
}

/// Removes the file at `path` if `matches` accepts it. Returns whether a file was removed.
///
/// The file is held open, so that no other file can get its name, and it is removed
/// through its handle. A link is removed itself.
///
/// # Errors
///
/// Fails if the file cannot be opened so, because another process has it open in a way that
/// excludes that, or removed. A missing file is not an error.
pub fn remove_if(path: &Path, matches: impl Fn(&Path) -> bool) -> io::Result<bool> {
    let held = match to_remove(path) {
        Ok(held) => held,
        Err(error) => {
            return match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(false),
                _ => Err(error),
            };
        }
    };
    if !matches(path) {
        return Ok(false);
    }
    sys::delete(&held).map(|()| true)
}

fn to_remove(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .access_mode(DELETE | FILE_READ_ATTRIBUTES)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
        .open(path)
}

/// Returns whether the caller may remove a file.
///
/// # Errors
///
/// The reason that the file cannot be removed.
pub fn may_remove(path: &Path) -> io::Result<()> {
    to_remove(path).map(drop)
}
