//! Whether a process runs the program that its caller expects.

use std::io;
use std::path::{Path, PathBuf};

use super::verified::VerifiedProcess;
use crate::platform::{self, ImageFile, PinnedProcess};

/// The program that a process runs, compared with an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProgramMatch {
    /// The process runs this file.
    Same,
    /// The process runs the file that had this path before: it was replaced or deleted
    /// since the process started it.
    Outdated,
    /// The process runs another file.
    Other,
}

impl VerifiedProcess {
    /// Compares the executable that the process runs now with the file at `path`. Files are
    /// compared, not names; symbolic links are followed. A file counts that the process itself
    /// sees at the path, and one that was replaced since, but neither if the process is in
    /// another user namespace: there, any user can give any file this path.
    ///
    /// # Errors
    ///
    /// The error of the system, with [`io::ErrorKind::PermissionDenied`] if the caller may
    /// not look at the executable.
    pub fn runs(&self, path: &Path) -> io::Result<ProgramMatch> {
        compare_program(self.pinned(), path)
    }
}

/// Compares the executable of a process with the file at a path, as
/// [`VerifiedProcess::runs`] does.
pub(crate) fn compare_program(process: &PinnedProcess, path: &Path) -> io::Result<ProgramMatch> {
    let image = process.image_file()?;
    let image = image.ok_or(io::ErrorKind::PermissionDenied)?;
    let found = platform::stat(path);
    if (found.as_ref()).is_ok_and(|stat| stat.id == image.stat.id) {
        return Ok(ProgramMatch::Same);
    }
    let has_other_root = process.has_other_root();
    let is_view_trusted = !has_other_root || process.is_in_our_user_namespace();
    if has_other_root && is_view_trusted {
        let inside = process.stat_inside(path);
        if inside.is_ok_and(|stat| stat.id == image.stat.id) {
            return Ok(ProgramMatch::Same);
        }
    }
    let device = match found {
        Ok(stat) => stat.id.device,
        Err(error) if is_missing(&error) => match platform::stat(&directory_of(path)) {
            Ok(directory) => directory.id.device,
            Err(error) if is_missing(&error) => return Ok(ProgramMatch::Other),
            Err(error) => return Err(error),
        },
        Err(error) => return Err(error),
    };
    let had_path = image.is_unlinked
        // A file system that was unmounted shows its files with other paths.
        && image.stat.id.device == device
        && has_path(&image, path)
        && is_view_trusted;
    Ok(if had_path {
        ProgramMatch::Outdated
    } else {
        ProgramMatch::Other
    })
}

/// Returns whether a path, without symbolic links, is the one that an executable had.
fn has_path(image: &ImageFile, path: &Path) -> bool {
    let real = platform::resolved(path).or_else(|_| {
        let directory = platform::resolved(&directory_of(path))?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        Ok::<PathBuf, io::Error>(directory.join(name))
    });
    real.is_ok_and(|real| image.path.as_deref() == Some(&*real))
}

fn directory_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
