//! A directory that was examined on the way to it, and that is held open.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, RenameFlags, fstat, mkdirat, openat, statat,
};
use rustix::io::Errno;

use super::descriptor_path::path_of_descriptor;
use super::file_size::within_size_limit;
use super::files::{id_of, ownership};
use super::place::Place;
use super::random::random_number;
use super::walk::Walk;
use crate::platform::types::{FileId, Ownership, Writer};

/// The errors of a file system that does not know a flag. The last two are one on Linux.
const NO_SUCH_FLAG: [Errno; 4] = [Errno::INVAL, Errno::NOSYS, Errno::OPNOTSUPP, Errno::NOTSUP];

/// A directory that is held open, so that its path can be reused without effect on it.
#[derive(Debug)]
pub(crate) struct Directory(Place);

impl Directory {
    /// Opens the directory at a path. Symbolic links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Walk::to_directory(path, false).map(Self)
    }

    /// Opens the directory at a path, and creates what is missing with mode 0700, by
    /// [mkdir(2)](https://man7.org/linux/man-pages/man2/mkdir.2.html).
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        Walk::to_directory(path, true).map(Self)
    }

    /// Opens the directory of the file at a path.
    pub(crate) fn of_file(path: &Path) -> io::Result<Self> {
        Self::open(parent(path))
    }

    /// Creates a directory with mode 0700 and a new name in it. Returns the name.
    #[cfg(feature = "cli")]
    pub(super) fn create_new(&self) -> io::Result<OsString> {
        let name = random_name()?;
        mkdirat(&self.0.directory, &name, Mode::RWXU)?;
        Ok(name)
    }

    /// Returns the users, besides the caller and root, who can replace the files in the
    /// directory, or lead its path elsewhere.
    pub(crate) fn writers(&self) -> &[Writer] {
        &self.0.writers
    }

    /// Returns the path without symbolic links.
    pub(crate) fn path(&self) -> &Path {
        &self.0.path
    }

    /// Returns the identity of the directory.
    pub(crate) fn id(&self) -> io::Result<FileId> {
        Ok(id_of(&fstat(&self.0.directory)?))
    }

    /// Returns the owner and the mode of the directory.
    pub(crate) fn ownership(&self) -> io::Result<Ownership> {
        let stat = fstat(&self.0.directory)?;
        Ok(ownership(&stat))
    }

    /// Returns the owner and the mode of a file in it; `None` for a symbolic link.
    pub(crate) fn ownership_of(&self, name: &OsStr) -> io::Result<Option<Ownership>> {
        let stat = statat(&self.0.directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
        let is_link = FileType::from_raw_mode(stat.st_mode) == FileType::Symlink;
        Ok((!is_link).then(|| ownership(&stat)))
    }

    /// Returns the names of its files, in any order, by
    /// [readdir(3)](https://man7.org/linux/man-pages/man3/readdir.3.html).
    pub(crate) fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>>> {
        let entries = Dir::new(self.readable()?)?;
        let names = entries.map(|entry| {
            entry
                .map(|entry| OsStr::from_bytes(entry.file_name().to_bytes()).to_owned())
                .map_err(io::Error::from)
        });
        Ok(names.filter(|name| !name.as_ref().is_ok_and(|name| name == "." || name == "..")))
    }

    /// Writes the content of a file with `write`, and puts it in the place of the file of
    /// that name: readers see the old file or the new one. The file has mode 0600.
    pub(crate) fn replace(
        &self,
        name: &OsStr,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<()> {
        let aside = random_name()?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mode = Mode::RUSR | Mode::WUSR;
        let mut file = File::from(openat(&self.0.directory, &aside, flags, mode)?);
        let written = within_size_limit(|| write(&mut file));
        let written = written.and_then(|()| Ok(self.rename(&aside, name)?));
        if written.is_err() {
            // The first error says more than one of the clean-up.
            let _ = self.remove(&aside);
        }
        written
    }

    /// Writes the entries of the directory to disk, by
    /// [fsync(2)](https://man7.org/linux/man-pages/man2/fsync.2.html).
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.readable()?.sync_all()
    }

    fn readable(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat(&self.0.directory, ".", flags, Mode::empty())?.into())
    }

    /// Returns the path of an entry, through the descriptor.
    pub(super) fn join(&self, name: &OsStr) -> PathBuf {
        path_of_descriptor(&self.0.directory).join(name)
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::renameat(&self.0.directory, from, &self.0.directory, to)
    }

    /// Renames a file; a new name that is in use is an error.
    pub(super) fn rename_to_free(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        let at = &self.0.directory;
        match rustix::fs::renameat_with(at, from, at, to, RenameFlags::NOREPLACE) {
            // Some file systems do not support the flag; linking never replaces a file.
            Err(error) if NO_SUCH_FLAG.contains(&error) => {
                rustix::fs::linkat(at, from, at, to, AtFlags::empty())?;
                self.remove(from)
            }
            renamed => renamed,
        }
    }

    pub(super) fn remove(&self, name: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::unlinkat(&self.0.directory, name, AtFlags::empty())
    }
}

/// Returns the path of the directory of a file.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        parent => parent.unwrap_or(path),
    }
}

/// Returns a name that no file has.
pub(super) fn random_name() -> io::Result<OsString> {
    Ok(format!(".rpctl-{:016x}", random_number()?).into())
}
