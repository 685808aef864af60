//! A socket file that is held by a descriptor.

use std::fs::{File, Metadata, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::files::file_stat;
use crate::platform::types::{FileId, UserId};

/// A socket file that is held open, so that its path can be reused without effect on it.
#[derive(Debug)]
pub(crate) struct HeldSocket {
    file: File,
    metadata: Metadata,
}

impl HeldSocket {
    /// Opens the socket file at a path by
    /// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html) with `O_PATH`; `None`
    /// for any other file.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::PATH.bits().cast_signed())
            .open(path)
            .ok()?;
        let metadata = file.metadata().ok()?;
        metadata
            .file_type()
            .is_socket()
            .then_some(Self { file, metadata })
    }

    /// Returns the identity of the file and its time of creation, because inode numbers
    /// are soon reused.
    pub(crate) fn identity(&self) -> (FileId, i128) {
        let stat = file_stat(&self.metadata);
        (stat.id, stat.modified_ns)
    }

    /// Returns the owner of the file.
    pub(crate) fn owner(&self) -> UserId {
        self.metadata.uid()
    }

    /// Returns a path that connects to this socket and is short enough for `sun_path`.
    pub(crate) fn path(&self) -> PathBuf {
        path_of_descriptor(&self.file)
    }
}

/// Returns the path in `/proc/self/fd` of the file that a descriptor is open for.
pub(super) fn path_of_descriptor(descriptor: &impl AsRawFd) -> PathBuf {
    Path::new("/proc/self/fd").join(descriptor.as_raw_fd().to_string())
}
