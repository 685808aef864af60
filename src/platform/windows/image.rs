//! The executable of a pinned process, and of this one.
//!
//! Windows gives no handle of the running file. Its name is that of the open file, which
//! follows when the file is renamed; and the file of a running image can neither be written
//! nor removed.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Foundation::ERROR_ACCESS_DENIED;

use super::files::{HeldFile, attributes_of, open};
use super::process::PinnedProcess;
use super::sys::process as sys;
use crate::platform::types::{
    FileId, FileStat, Image, ImageError, ImageFile, Liveness, MissingRight, Readable,
};
use crate::platform::waitable::waitable;
use crate::standstill::Standstill;

impl PinnedProcess {
    /// Opens the executable of this process, by
    /// [QueryFullProcessImageNameW](https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-queryfullprocessimagenamew).
    pub(crate) fn image(&self) -> Result<Image, ImageError> {
        let (path, file) = self.open_image().map_err(|error| match self.liveness() {
            Ok(Liveness::Reaped) => ImageError::Gone,
            _ if error.kind() == io::ErrorKind::PermissionDenied => {
                ImageError::Denied(MissingRight::AccessList)
            }
            _ => ImageError::Io(error),
        })?;
        let attributes = attributes_of(&file).map_err(ImageError::Io)?;
        Ok(Image {
            file: Readable { file, mount: None },
            stat: attributes.stat,
            is_unlinked: !attributes.is_named,
            link: Some(path),
        })
    }

    fn open_image(&self) -> io::Result<(PathBuf, File)> {
        let path = PathBuf::from(sys::image_name(waitable(self))?);
        let file = open(&path)?;
        Ok((path, file))
    }

    /// Describes the executable that this process runs now. `None` if the caller may not look.
    pub(crate) fn image_file(&self) -> io::Result<Option<ImageFile>> {
        let (path, file) = match self.open_image() {
            Ok(opened) => opened,
            Err(error) if sys::is(&error, ERROR_ACCESS_DENIED) => return Ok(None),
            Err(error) => return Err(error),
        };
        let attributes = attributes_of(&file)?;
        Ok(Some(ImageFile {
            path: Some(path),
            stat: attributes.stat,
            is_unlinked: !attributes.is_named,
            file,
        }))
    }

    /// Returns the identity of the executable that this process runs.
    pub(crate) fn image_id(&self) -> io::Result<FileId> {
        let (_, file) = self.open_image()?;
        Ok(attributes_of(&file)?.stat.id)
    }

    /// Returns `false`: an emulator of Windows runs the image itself.
    pub(crate) fn emulates(&self, _path: &Path, _image: FileId) -> bool {
        false
    }

    /// Returns the attributes of the file that a path names, which is the same file for every
    /// process.
    pub(crate) fn stat_inside(&self, path: &Path) -> io::Result<FileStat> {
        super::hanging::stat(path)
    }

    /// Returns `None`: the system does not tell why a process does nothing.
    pub(crate) fn standstill(&self) -> Option<Standstill> {
        None
    }

    /// Returns `None`: the system does not list the pipes that a process serves.
    pub(crate) fn listens_at(&self, _path: &Path) -> Option<bool> {
        None
    }

    /// Returns `false`: all processes have the same root.
    pub(crate) fn has_other_root(&self) -> bool {
        false
    }

    /// Returns `true`: users are the same everywhere.
    pub(crate) fn is_in_our_user_namespace(&self) -> bool {
        true
    }

    pub(crate) fn hold_inside(&self, _path: &Path) -> io::Result<HeldFile> {
        super::error::unsupported()
    }

    pub(crate) fn hold_in_working_directory(&self, _path: &Path) -> io::Result<HeldFile> {
        super::error::unsupported()
    }

    /// Returns whether this process holds a lock on a file: the system does not tell.
    pub(crate) fn holds_lock(&self, _file: FileId) -> io::Result<bool> {
        super::error::unsupported()
    }
}

/// Returns `None`: Windows starts no program through a loader of its own.
pub(crate) fn loaded_program() -> Option<PathBuf> {
    None
}

/// Returns the path of the running program.
///
/// # Errors
///
/// The error of the system.
#[cfg(feature = "cli")]
pub fn own_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

/// Opens the executable of this process.
pub(crate) fn own_image() -> io::Result<File> {
    PinnedProcess::own()?.open_image().map(|(_, file)| file)
}

/// Returns `None`: there are no PID namespaces.
pub(crate) fn inner_pid(_pid: u32) -> Option<u32> {
    None
}
