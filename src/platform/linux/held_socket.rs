//! A socket file that is held by a descriptor.

use std::fs::File;
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use super::descriptor_path::path_of_descriptor;
use super::hanging::{guarded, open};
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

    /// Returns whether no process has a socket that is bound to this file, in any network
    /// namespace. A stream socket is refused also by one that does not listen yet, or was
    /// shut down.
    ///
    /// A datagram socket is refused only if none is bound, by
    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html): sockets of other
    /// types are an error of their own (`EPROTOTYPE`), and notice nothing.
    pub(crate) fn is_unbound(&self) -> bool {
        let path = path_of_descriptor(&self.file);
        let ask = || {
            // Not at all if its file system may hang.
            open(&path, OFlags::PATH)?;
            let socket = socket_with(
                AddressFamily::UNIX,
                SocketType::DGRAM,
                SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
                None,
            )?;
            let connected = connect(&socket, &SocketAddrUnix::new(&path)?);
            Ok(connected == Err(Errno::CONNREFUSED))
        };
        guarded(ask, ask).unwrap_or(false)
    }
}
