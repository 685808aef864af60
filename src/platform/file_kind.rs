//! Kinds of files other than regular ones.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kind of a file that is not the expected one.
///
/// [`FileKind::Fifo`], [`FileKind::Socket`] and [`FileKind::Device`] exist on Unix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FileKind {
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A block or character device.
    Device,
    /// A file that the kernel makes up, as in `/proc` and `/sys`.
    PseudoFile,
    /// A file of an unknown kind, or a regular file instead of a socket.
    File,
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "directory",
            Self::Fifo => "FIFO",
            Self::Socket => "socket",
            Self::Device => "device",
            Self::PseudoFile => "pseudo file of the kernel",
            Self::File => "file",
        })
    }
}
