//! The executable that a pinned process runs.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat, statat};
use rustix::io::Errno;

use super::files::file_stat;
use super::process::PinnedProcess;
use crate::platform::types::{FileId, FileStat, Image, ImageError, Liveness};

impl PinnedProcess {
    /// The executable this process runs.
    pub(crate) fn image(&self) -> Result<Image, ImageError> {
        self.open_image()
            .map_err(|error| match error.raw_os_error() {
                Some(code)
                    if code == Errno::ACCESS.raw_os_error()
                        || code == Errno::PERM.raw_os_error() =>
                {
                    ImageError::Denied
                }
                Some(code) if code == Errno::SRCH.raw_os_error() => ImageError::Gone,
                Some(code) if code == Errno::NOENT.raw_os_error() => match self.liveness() {
                    Ok(Liveness::Alive) => self.without_image(error),
                    _ => ImageError::Gone,
                },
                _ => ImageError::Io(error),
            })
    }

    /// Why there is no link to the executable of a process that is alive.
    fn without_image(&self, error: io::Error) -> ImageError {
        match self.status() {
            Ok(status) if status.is_kernel_thread => ImageError::NoImage,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => ImageError::Denied,
            // Its first thread has ended, and took the link with it.
            _ => ImageError::Io(error),
        }
    }

    fn open_image(&self) -> io::Result<Image> {
        let fd = openat(
            &self.proc_dir,
            "exe",
            OFlags::RDONLY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let file = File::from(fd);
        let stat = file_stat(&file.metadata()?);
        let link = match readlinkat(&self.proc_dir, "exe", Vec::new()) {
            Ok(link) => Some(path_from(link.into_bytes())),
            Err(Errno::NAMETOOLONG) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Image { file, stat, link })
    }

    /// Which file this process runs now.
    pub(crate) fn image_id(&self) -> io::Result<FileId> {
        let stat = statat(&self.proc_dir, "exe", AtFlags::empty())?;
        Ok(FileId {
            device: stat.st_dev,
            inode: stat.st_ino,
        })
    }

    /// The file that a path names where this process lives: in its mount
    /// namespace and below its root directory.
    pub(crate) fn stat_inside(&self, path: &Path) -> io::Result<FileStat> {
        let root = openat(
            &self.proc_dir,
            "root",
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let fd = openat2(
            &root,
            path,
            OFlags::PATH | OFlags::CLOEXEC,
            Mode::empty(),
            ResolveFlags::IN_ROOT,
        )?;
        Ok(file_stat(&File::from(fd).metadata()?))
    }
}

/// The running image of this very process.
pub(crate) fn own_image() -> io::Result<File> {
    File::open("/proc/self/exe")
}

fn path_from(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}
