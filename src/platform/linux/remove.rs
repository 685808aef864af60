//! Race-free removal: a file is removed only if it is still the one that was inspected.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::held_socket::path_of_descriptor;

/// Removes the file at `path` if `matches` accepts it. Returns whether a file was removed.
///
/// A file that replaces it at the last moment is never removed. The file is renamed to a
/// random name with [renameat2(2)](https://man7.org/linux/man-pages/man2/renameat2.2.html)
/// and inspected again; if it is another file now, it is renamed back, unless a still
/// newer file has the name.
///
/// All steps use one descriptor of the directory, so replacing the directory has no
/// effect on them. `matches` is called with a path through that descriptor.
///
/// # Errors
///
/// Fails if the file cannot be renamed or removed. A missing file is not an error.
pub fn remove_if(path: &Path, matches: impl Fn(&Path) -> bool) -> io::Result<bool> {
    match remove_in_directory(path, matches) {
        Err(error) if is_missing(&error) => Ok(false),
        result => result,
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn remove_in_directory(path: &Path, matches: impl Fn(&Path) -> bool) -> io::Result<bool> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let directory = Directory::open_parent(path)?;
    if !matches(&directory.join(name)) {
        return Ok(false);
    }
    let aside = format!(
        ".rpctl-{:016x}",
        getrandom::u64().map_err(io::Error::other)?
    );
    let aside = OsStr::new(&aside);
    // The name is random, so no file is replaced.
    directory.rename(name, aside)?;
    let is_meant = matches(&directory.join(aside));
    if !is_meant {
        match directory.rename_to_free(aside, name) {
            Ok(()) => return Ok(false),
            // A still newer file has the name, so this one was replaced anyway.
            Err(Errno::EXIST) => {}
            Err(error) => {
                let aside = path.with_file_name(aside);
                let error = io::Error::from(error);
                return Err(io::Error::new(
                    error.kind(),
                    format!(
                        "the file that replaced it is now {}: {error}",
                        aside.display()
                    ),
                ));
            }
        }
    }
    directory.remove(aside)?;
    Ok(is_meant)
}

/// A directory that is held open, so that its path can be reused without effect on it.
struct Directory(OwnedFd);

impl Directory {
    /// Opens the parent directory of a path.
    fn open_parent(path: &Path) -> io::Result<Self> {
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::openat(
            CWD,
            directory,
            flags,
            Mode::empty(),
        )?))
    }

    /// Returns the path of an entry, through the descriptor.
    fn join(&self, name: &OsStr) -> PathBuf {
        path_of_descriptor(&self.0).join(name)
    }

    fn rename(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::renameat(&self.0, from, &self.0, to)
    }

    /// Renames a file; a new name that is in use is an error.
    fn rename_to_free(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        match rustix::fs::renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE) {
            // Some file systems do not support the flag; linking never replaces a file.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                rustix::fs::linkat(&self.0, from, &self.0, to, AtFlags::empty())?;
                self.remove(from)
            }
            renamed => renamed,
        }
    }

    fn remove(&self, name: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::unlinkat(&self.0, name, AtFlags::empty())
    }
}
