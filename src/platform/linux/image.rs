//! The executable of a pinned process.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat, readlinkat};
use rustix::io::Errno;

use super::hanging::{guarded, open_in};
use super::paths::{fresh_attributes, known_attributes, known_attributes_at, readable_from};
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
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let (held, link) = self.in_living_thread(|directory| {
            let held = openat(directory, "exe", flags, Mode::empty())?;
            Ok((held, readlinkat(directory, "exe", Vec::new())))
        })?;
        let attributes = known_attributes(&held)?;
        let link = match link {
            Ok(link) => Some(OsString::from_vec(link.into_bytes()).into()),
            Err(Errno::NAMETOOLONG) => None,
            Err(error) => return Err(error.into()),
        };
        let file = readable_from(held.into(), attributes.stat.id.device)?;
        Ok(Image {
            file,
            stat: attributes.stat,
            is_unlinked: !attributes.is_named,
            link,
        })
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
        let attributes = known_attributes(&at)?;
        let path = link.ok().map(|link| {
            let mut link = link.into_bytes();
            if !attributes.is_named && link.ends_with(DELETED) {
                link.truncate(link.len() - DELETED.len());
            }
            OsString::from_vec(link).into()
        });
        Ok(Some(ImageFile {
            path,
            stat: attributes.stat,
            is_unlinked: !attributes.is_named,
            file: File::from(at),
        }))
    }

    /// Returns the identity of the executable that this process runs now, by
    /// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html).
    pub(crate) fn image_id(&self) -> io::Result<FileId> {
        let attributes =
            self.in_living_thread(|directory| known_attributes_at(directory, "exe"))?;
        Ok(attributes.stat.id)
    }

    /// Returns the attributes of the file that a path names for this process, in its
    /// mount namespace and below its root directory, by
    /// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html).
    pub(crate) fn stat_inside(&self, path: &Path) -> io::Result<FileStat> {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let root = self.in_living_thread(|directory| {
            openat(directory, "root", flags | OFlags::DIRECTORY, Mode::empty())
        })?;
        let open = || open_in(&root, path, ResolveFlags::IN_ROOT);
        let attributes = guarded(|| known_attributes(open()?), || fresh_attributes(open()?))?;
        Ok(attributes.stat)
    }
}
