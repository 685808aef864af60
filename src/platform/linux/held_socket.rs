//! A socket file that is held by a descriptor.

use std::fs::{File, Metadata, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use super::files::file_stat;
use crate::platform::types::FileId;

/// A socket file that stays the same, whatever comes to have its path.
#[derive(Debug)]
pub(crate) struct HeldSocket {
    file: File,
    metadata: Metadata,
}

impl HeldSocket {
    /// The socket file at a path; `None` for anything else.
    pub(crate) fn at(path: &Path) -> Option<Self> {
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

    /// Which file it is, and when it was made: the number of an inode is soon used
    /// again.
    pub(crate) fn identity(&self) -> (FileId, i128) {
        let stat = file_stat(&self.metadata);
        (stat.id, stat.modified_ns)
    }

    /// The user that it belongs to.
    pub(crate) fn owner(&self) -> u32 {
        self.metadata.uid()
    }

    /// A path on which it is connected to, short enough for any socket.
    pub(crate) fn path(&self) -> PathBuf {
        through(&self.file)
    }
}

/// The path that leads to what a descriptor is open for, and nowhere else.
pub(super) fn through(descriptor: &impl AsRawFd) -> PathBuf {
    Path::new("/proc/self/fd").join(descriptor.as_raw_fd().to_string())
}
