//! A socket file that is held by a descriptor.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::files::path_of_descriptor;
use super::paths::{held, known_attributes};
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileAttributes, FileId, UserId};

/// A socket file that is held open, so that its path can be reused without effect on it.
#[derive(Debug)]
pub(crate) struct HeldSocket {
    file: File,
    attributes: FileAttributes,
}

impl HeldSocket {
    /// Opens the socket file at a path by
    /// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html) with `O_PATH`; `None`
    /// for any other file.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let file = File::from(held(path).ok()?);
        let attributes = known_attributes(&file).ok()?;
        (attributes.kind == Some(FileKind::Socket)).then_some(Self { file, attributes })
    }

    /// Returns the identity of the file and its time of creation, because inode numbers
    /// are soon reused.
    pub(crate) fn identity(&self) -> (FileId, i128) {
        let stat = self.attributes.stat;
        (stat.id, stat.modified_ns)
    }

    /// Returns the owner of the file.
    pub(crate) fn owner(&self) -> UserId {
        self.attributes.ownership.owner
    }

    /// Returns a path that connects to this socket and is short enough for `sun_path`.
    pub(crate) fn path(&self) -> PathBuf {
        path_of_descriptor(&self.file)
    }
}
