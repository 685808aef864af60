//! Files, their owners, and the file systems that they are on.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::platform::file_kind::FileKind;

/// A user of the system.
pub(crate) type UserId = u32;

/// The owner and mode of a file.
///
/// Other systems identify users in another way: expect more fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ownership {
    /// User ID of the owner.
    pub owner: u32,
    /// Permission bits.
    pub mode: u32,
}

impl Ownership {
    /// Returns whether the file belongs to `user` or to root.
    pub(crate) fn belongs_to(self, user: UserId) -> bool {
        self.owner == user || self.owner == 0
    }

    /// Returns whether users other than the owner and root can access the file.
    pub(crate) fn is_accessible_by_others(self) -> bool {
        self.mode & 0o077 != 0
    }
}

/// A user, besides the caller and root, who could have written or replaced a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Writer {
    /// The user; `None` if there can be several, or if it is not known which.
    pub user: Option<UserId>,
    /// The means of the user.
    pub power: Power,
    /// The reason, for sentences.
    pub reason: String,
}

/// The means by which a user can change the content at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Power {
    /// The file belongs to the user.
    Own,
    /// The user can write to the file.
    Write,
    /// The user can put another file in its place.
    Replace,
}

impl Writer {
    pub(crate) fn unknown(power: Power, reason: String) -> Self {
        Self {
            user: None,
            power,
            reason,
        }
    }
}

/// The identity of a file while it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileId {
    /// Device number.
    pub device: u64,
    /// Inode number. Linux: of 64 bits; some file systems of Windows have 128.
    pub inode: u128,
}

/// The attributes of a file that change with its content. Linux: by
/// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileStat {
    /// The identity of the file.
    pub id: FileId,
    /// The size in bytes.
    pub size: u64,
    /// The time of the last change of the content, in nanoseconds since the Unix epoch.
    /// The owner can set it.
    pub modified_ns: i128,
    /// The time of the last change of the content or an attribute, in nanoseconds since
    /// the Unix epoch. No user can set it.
    pub changed_ns: i128,
}

/// A mount whose file system may never answer. The default is one of which neither the
/// place nor the type is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mount {
    /// The directory at which it is mounted.
    pub point: Option<PathBuf>,
    /// The type of the file system.
    pub kind: Option<String>,
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.point, &self.kind) {
            (Some(point), Some(kind)) => {
                write!(f, "the file system at {} ({kind})", point.display())
            }
            _ => f.write_str("a file system that is not mounted here"),
        }
    }
}

/// The error of an operation that was given up, because a file system did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0} does not answer")]
pub(crate) struct FileSystemHangs(pub(crate) Mount);

/// Returns whether an operation was given up, because a file system did not answer.
#[must_use]
pub fn is_hang(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(<dyn Error + Send + Sync>::is::<FileSystemHangs>)
}

impl From<FileSystemHangs> for io::Error {
    fn from(error: FileSystemHangs) -> Self {
        Self::new(io::ErrorKind::TimedOut, error)
    }
}

/// The attributes of a file at a path.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FileAttributes {
    /// The identity and the times.
    pub stat: FileStat,
    /// The owner and mode.
    pub ownership: Ownership,
    /// The kind; `None` for a regular file.
    pub kind: Option<FileKind>,
    /// Whether it is a symbolic link.
    pub is_link: bool,
    /// Whether it has a name: it was not deleted.
    pub is_named: bool,
}

/// A file that is held, and can be opened for reading.
#[derive(Debug)]
pub(crate) struct Readable {
    pub file: File,
    /// The mount of the file if it may hang. To open and read the file is then left to a
    /// helper.
    pub mount: Option<Mount>,
}

impl Readable {
    /// Duplicates the descriptor, by
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html) with
    /// `F_DUPFD_CLOEXEC`.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            file: self.file.try_clone()?,
            mount: self.mount.clone(),
        })
    }
}
