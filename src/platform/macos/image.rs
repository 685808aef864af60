//! The executable of a process, and of this one.
//!
//! The system gives no descriptor of the running file. It tells which file is mapped into
//! the memory of the process, and by which path it knows that file now. What is opened there
//! is compared with what is mapped.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use super::paths::{attributes, attributes_of, open_without_blocking};
use super::process::PinnedProcess;
use super::questions::region_from;
use super::sys::process as sys;
use crate::platform::macos_forms::vnode::VnodePath;
use crate::platform::types::{
    FileId, Image, ImageError, ImageFile, Liveness, MissingRight, Readable,
};

/// The parts of the memory of a process that are looked at. The program comes before its
/// libraries.
const MAX_REGIONS: usize = 256;

impl PinnedProcess {
    /// Opens the executable of this process.
    pub(crate) fn image(&self) -> Result<Image, ImageError> {
        let mapped = self.mapped_image().map_err(|error| self.without(error))?;
        let file = open_mapped(&mapped).map_err(ImageError::Io)?;
        let again = self.mapped_image().map_err(|error| self.without(error))?;
        if again.stat.id != mapped.stat.id {
            return Err(ImageError::Changed);
        }
        let attributes = attributes_of(&file).map_err(ImageError::Io)?;
        Ok(Image {
            file: Readable { file, mount: None },
            stat: attributes.stat,
            is_unlinked: !attributes.is_named,
            link: Some(mapped.path).filter(|path| !path.as_os_str().is_empty()),
        })
    }

    /// Describes the executable that this process runs now. `None` if the caller may not look.
    pub(crate) fn image_file(&self) -> io::Result<Option<ImageFile>> {
        let mapped = match self.mapped_image() {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
            mapped => mapped?,
        };
        Ok(Some(ImageFile {
            file: open_mapped(&mapped)?,
            stat: mapped.stat,
            is_unlinked: mapped.links == 0,
            path: Some(mapped.path).filter(|path| !path.as_os_str().is_empty()),
        }))
    }

    /// Returns the identity of the executable that this process runs now.
    pub(crate) fn image_id(&self) -> io::Result<FileId> {
        self.mapped_image().map(|mapped| mapped.stat.id)
    }

    /// Returns `false`: a translated program is mapped itself.
    #[expect(clippy::unused_self, reason = "other systems ask the process")]
    pub(crate) fn emulates(&self, _path: &Path, _image: FileId) -> bool {
        false
    }

    fn mapped_image(&self) -> io::Result<VnodePath> {
        self.looked(mapped_image(self.pid()))
    }

    /// Returns the reason that the executable of this process cannot be examined.
    fn without(&self, error: io::Error) -> ImageError {
        match error.kind() {
            io::ErrorKind::PermissionDenied => ImageError::Denied(MissingRight::OtherUser),
            _ if !matches!(self.liveness(), Ok(Liveness::Alive)) => ImageError::Gone,
            _ => ImageError::Io(error),
        }
    }
}

/// Returns the executable that the process with a PID has mapped.
fn mapped_image(pid: u32) -> io::Result<VnodePath> {
    // It has no path once the file is deleted.
    let named = sys::path(pid).and_then(|path| attributes(&path));
    let named = named.map(|attributes| attributes.stat.id).ok();
    let mut first = None;
    let mut address = 0;
    for _ in 0..MAX_REGIONS {
        let region = match region_from(pid, address) {
            Ok(region) => region,
            // There are no more.
            Err(error) if is(&error, Errno::EINVAL) => break,
            Err(error) => return Err(error),
        };
        address = region.end;
        let Some(file) = region.file.filter(|_| region.is_executable) else {
            continue;
        };
        if named.is_none_or(|named| named == file.stat.id) {
            return Ok(file);
        }
        first.get_or_insert(file);
    }
    let message = "the system does not tell which file it has mapped";
    first.ok_or_else(|| io::Error::other(message))
}

/// Opens a file that a process has mapped: by the path of the file, or else by its number,
/// which finds files on the file systems of Apple as long as they have a name.
fn open_mapped(mapped: &VnodePath) -> io::Result<File> {
    let FileId { device, inode } = mapped.stat.id;
    let by_number = PathBuf::from(format!("/.vol/{device}/{inode}"));
    let mut failed = None;
    for path in [&mapped.path, &by_number] {
        match open_without_blocking(path) {
            Ok(file) if attributes_of(&file)?.stat.id == mapped.stat.id => return Ok(file),
            Ok(_) => {}
            Err(error) => drop(failed.get_or_insert(error)),
        }
    }
    Err(failed
        .filter(|error| error.kind() == io::ErrorKind::PermissionDenied)
        .unwrap_or_else(|| {
            let message = "its executable was deleted or replaced, and macOS opens only files \
                           that have a name";
            io::Error::new(io::ErrorKind::NotFound, message)
        }))
}

fn is(error: &io::Error, number: Errno) -> bool {
    error.raw_os_error() == Some(number as i32)
}

/// Returns `None`: no program is started through a loader of its own.
#[cfg(feature = "record")]
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

/// Opens the running image of this process.
#[cfg(feature = "record")]
pub(crate) fn own_image() -> io::Result<File> {
    open_mapped(&mapped_image(std::process::id())?)
}

/// Returns `None`: there are no PID namespaces.
pub(crate) fn inner_pid(_pid: u32) -> Option<u32> {
    None
}
