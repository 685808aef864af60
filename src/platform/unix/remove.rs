//! Race-free removal: a file is removed only if it is still the one that was inspected.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use rustix::io::Errno;

use super::directory::{Directory, random_name};
use super::hanging::guarded;

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
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let remove = || {
        unless_missing(Directory::of_file(path))
            .map_or(Ok(false), |directory| directory?.remove_if(name, &matches))
    };
    guarded(remove, remove)
}

/// Returns `None` for the error that there is no such file.
fn unless_missing<T>(result: io::Result<T>) -> Option<io::Result<T>> {
    let is_missing = |error: &io::Error| {
        matches!(
            error.kind(),
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
        )
    };
    (!result.as_ref().is_err_and(is_missing)).then_some(result)
}

impl Directory {
    /// Removes the file of a name if `matches` accepts it, as [`remove_if`].
    pub(crate) fn remove_if(
        &self,
        name: &OsStr,
        matches: impl Fn(&Path) -> bool,
    ) -> io::Result<bool> {
        unless_missing(self.remove_present(name, matches)).unwrap_or(Ok(false))
    }

    fn remove_present(&self, name: &OsStr, matches: impl Fn(&Path) -> bool) -> io::Result<bool> {
        if !matches(&self.join(name)) {
            return Ok(false);
        }
        let aside = random_name()?;
        // The name is random, so no file is replaced.
        self.rename(name, &aside)?;
        let is_meant = matches(&self.join(&aside));
        if !is_meant {
            match self.rename_to_free(&aside, name) {
                Ok(()) => return Ok(false),
                // A still newer file has the name, so this one was replaced anyway.
                Err(Errno::EXIST) => {}
                Err(error) => {
                    let aside = self.path().join(aside);
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
        self.remove(&aside)?;
        Ok(is_meant)
    }
}
