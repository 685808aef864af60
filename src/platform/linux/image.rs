//! The executable of a pinned process.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, openat, openat2, readlinkat, statat};
use rustix::io::Errno;

use super::files::{file_id, stat_open};
use super::process::PinnedProcess;
use crate::platform::types::{FileId, FileStat, Image, ImageError, Liveness};

impl PinnedProcess {
    /// Opens the executable of this process, of
    /// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html).
    pub(crate) fn image(&self) -> Result<Image, ImageError> {
        self.open_image()
            .map_err(|error| match Errno::from_io_error(&error) {
                Some(Errno::ACCESS | Errno::PERM) => ImageError::Denied,
                Some(Errno::SRCH) => ImageError::Gone,
                Some(Errno::NOENT) => match self.liveness() {
                    Ok(Liveness::Alive) => self.without_image(error),
                    _ => ImageError::Gone,
                },
                _ => ImageError::Io(error),
            })
    }

    /// Returns the reason that a live process has no link to its executable.
    fn without_image(&self, error: io::Error) -> ImageError {
        match self.status() {
            Ok(status) if status.is_kernel_thread => ImageError::NoImage,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => ImageError::Denied,
            _ => ImageError::Io(error),
        }
    }

    fn open_image(&self) -> io::Result<Image> {
        let flags = OFlags::RDONLY | OFlags::CLOEXEC;
        let (file, link) = self.in_living_thread(|directory| {
            let file = openat(directory, "exe", flags, Mode::empty())?;
            Ok((file, readlinkat(directory, "exe", Vec::new())))
        })?;
        let file = File::from(file);
        let stat = stat_open(&file)?;
        let link = match link {
            Ok(link) => Some(OsString::from_vec(link.into_bytes()).into()),
            Err(Errno::NAMETOOLONG) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Image { file, stat, link })
    }

    /// Returns the identity of the executable that this process runs now, by
    /// [fstatat(2)](https://man7.org/linux/man-pages/man2/fstatat.2.html).
    pub(crate) fn image_id(&self) -> io::Result<FileId> {
        let stat = self.in_living_thread(|directory| statat(directory, "exe", AtFlags::empty()))?;
        Ok(file_id(stat.st_dev, stat.st_ino))
    }

    /// Returns the attributes of the file that a path names for this process, in its
    /// mount namespace and below its root directory, by
    /// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html).
    pub(crate) fn stat_inside(&self, path: &Path) -> io::Result<FileStat> {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let root = self.in_living_thread(|directory| {
            openat(directory, "root", flags | OFlags::DIRECTORY, Mode::empty())
        })?;
        let file = openat2(&root, path, flags, Mode::empty(), ResolveFlags::IN_ROOT)?;
        stat_open(&File::from(file))
    }
}

/// Opens the running image of this process, of
/// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html).
pub(crate) fn own_image() -> io::Result<File> {
    File::open("/proc/self/exe")
}
