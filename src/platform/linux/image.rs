//! The executable of a pinned process.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::fs::{
    AtFlags, Mode, OFlags, ResolveFlags, StatxFlags, makedev, openat, openat2, readlinkat, statat,
    statx,
};
use rustix::io::Errno;

use super::files::{file_id, nanoseconds, stat_open};
use super::process::PinnedProcess;
use super::rights;
use crate::platform::types::{FileId, FileStat, Image, ImageError, ImageFile, Liveness};

/// The end of the link to an executable that has no name any more.
const DELETED: &[u8] = b" (deleted)";

impl PinnedProcess {
    /// Opens the executable of this process, of
    /// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html).
    pub(crate) fn image(&self) -> Result<Image, ImageError> {
        self.open_image()
            .map_err(|error| match Errno::from_io_error(&error) {
                Some(Errno::ACCESS | Errno::PERM) => {
                    let user = self.user_ids().ok().map(|ids| ids.effective);
                    ImageError::Denied(rights::to_look_at(user))
                }
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
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                ImageError::Denied(rights::to_see())
            }
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

    /// Describes the executable that this process runs now, by
    /// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html) with
    /// `AT_STATX_DONT_SYNC`: a file server that does not answer is not asked. `None` if the
    /// caller may not look.
    pub(crate) fn image_file(&self) -> io::Result<Option<ImageFile>> {
        let opened = self.in_living_thread(|directory| {
            let at = openat(
                directory,
                "exe",
                OFlags::PATH | OFlags::CLOEXEC,
                Mode::empty(),
            )?;
            Ok((at, readlinkat(directory, "exe", Vec::new())))
        });
        let (at, link) = match opened {
            Ok(opened) => opened,
            Err(Errno::ACCESS | Errno::PERM) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let flags = AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC;
        let stat = statx(&at, "", flags, StatxFlags::BASIC_STATS)?;
        let path = link.ok().map(|link| {
            let mut link = link.into_bytes();
            if stat.stx_nlink == 0 && link.ends_with(DELETED) {
                link.truncate(link.len() - DELETED.len());
            }
            OsString::from_vec(link).into()
        });
        Ok(Some(ImageFile {
            path,
            stat: FileStat {
                id: file_id(
                    makedev(stat.stx_dev_major, stat.stx_dev_minor),
                    stat.stx_ino,
                ),
                size: stat.stx_size,
                modified_ns: nanoseconds(stat.stx_mtime.tv_sec, stat.stx_mtime.tv_nsec),
                changed_ns: nanoseconds(stat.stx_ctime.tv_sec, stat.stx_ctime.tv_nsec),
            },
            file: File::from(at),
        }))
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
