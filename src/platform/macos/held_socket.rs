//! A socket file that was looked at.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};

use super::paths::attributes;
use crate::platform::file_kind::FileKind;
use crate::platform::types::{FileAttributes, FileId, UserId};

/// A socket file. It cannot be held open, so each use looks whether it is still at its path.
#[derive(Debug)]
pub(crate) struct HeldSocket {
    path: PathBuf,
    attributes: FileAttributes,
}

impl HeldSocket {
    /// Looks at the socket file at a path; `None` for any other file.
    pub(crate) fn open(path: &Path) -> Option<Self> {
        let attributes = attributes(path).ok()?;
        let path = std::path::absolute(path).ok()?;
        (attributes.kind == Some(FileKind::Socket)).then_some(Self { path, attributes })
    }

    /// Returns the identity of the file and its time of creation, because inode numbers
    /// are reused.
    pub(crate) fn identity(&self) -> (FileId, i128) {
        let stat = self.attributes.stat;
        (stat.id, stat.modified_ns)
    }

    /// Returns the owner of the file.
    pub(crate) fn owner(&self) -> UserId {
        self.attributes.ownership.owner
    }

    /// Returns whether no process has a socket that is bound to this file.
    ///
    /// A datagram socket is refused only if none is bound, by
    /// [connect(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/connect.2.html):
    /// sockets of other types are an error of their own (`EPROTOTYPE`), and notice nothing.
    pub(crate) fn is_unbound(&self) -> bool {
        self.is_refused().unwrap_or(false)
    }

    fn is_refused(&self) -> io::Result<bool> {
        let asking = socket(AddressFamily::UNIX, SocketType::DGRAM, None)?;
        let connected = connect(&asking, &SocketAddrUnix::new(&self.path)?);
        let now = attributes(&self.path)?.stat;
        let is_it = (now.id, now.modified_ns) == self.identity();
        Ok(is_it && connected == Err(Errno::CONNREFUSED))
    }
}
