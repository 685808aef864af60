//! Removing a file, and none that takes its place meanwhile.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::held_socket::through;

/// Remove a file if it is the one that `is_meant` recognises; whether it was.
///
/// What takes its place in the last moment is never removed. The file is moved
/// to a name that nobody else knows, and looked at once more there; if it is
/// another one by now, it is moved back, unless a still newer one has the name.
///
/// All of this happens in one directory, which is opened first: whoever puts
/// another one in its place does not lead it there. `is_meant` is given a path
/// through the descriptor.
///
/// # Errors
///
/// When the file cannot be moved or removed. A file that is not there is none.
pub fn remove_if(path: &Path, is_meant: impl Fn(&Path) -> bool) -> io::Result<bool> {
    match remove_in_directory(path, is_meant) {
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

fn remove_in_directory(path: &Path, is_meant: impl Fn(&Path) -> bool) -> io::Result<bool> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let directory = Directory::of(path)?;
    if !is_meant(&directory.join(name)) {
        return Ok(false);
    }
    let aside = format!(
        ".rpctl-{:016x}",
        getrandom::u64().map_err(io::Error::other)?
    );
    let aside = OsStr::new(&aside);
    // Nobody else has that name, so nothing is replaced.
    directory.rename(name, aside)?;
    let is_meant = is_meant(&directory.join(aside));
    if !is_meant {
        match directory.rename_to_free(aside, name) {
            Ok(()) => return Ok(false),
            // Replaced by a still newer file, which whoever wrote that wanted.
            Err(Errno::EXIST) => {}
            Err(error) => {
                let aside = path.with_file_name(aside);
                let error = io::Error::from(error);
                return Err(io::Error::new(
                    error.kind(),
                    format!("what took its place is now {}: {error}", aside.display()),
                ));
            }
        }
    }
    directory.remove(aside)?;
    Ok(is_meant)
}

/// A directory that stays the same, whatever comes to have its path.
struct Directory(OwnedFd);

impl Directory {
    /// The directory that a path leads through to its last name.
    fn of(path: &Path) -> io::Result<Self> {
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

    /// A path to a name in it.
    fn join(&self, name: &OsStr) -> PathBuf {
        through(&self.0).join(name)
    }

    fn rename(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        rustix::fs::renameat(&self.0, from, &self.0, to)
    }

    /// Rename a file whose name nobody else knows; a new name that is taken is an
    /// error.
    fn rename_to_free(&self, from: &OsStr, to: &OsStr) -> rustix::io::Result<()> {
        match rustix::fs::renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE) {
            // Some file systems cannot do that; a link never replaces anything either.
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
