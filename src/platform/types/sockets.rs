//! Sockets, and who is at their other end.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;

use super::files::FileId;
use super::processes::MissingRight;

/// The file to which a socket is bound, as socket diagnostics report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoundFile {
    /// The lower 32 bits of the inode number.
    pub inode: u32,
    /// Device number in the encoding of the kernel.
    pub device: u32,
}

/// The peer of a socket, as the kernel reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerCredentials {
    /// PID of the process that called `listen`, or created the pipe; 0 if that process is
    /// outside the PID namespace of this one.
    pub pid: u32,
}

/// A socket on which a process listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListeningSocket {
    /// The inode number of the socket.
    pub inode: u32,
    /// The place.
    pub place: ListeningPlace,
}

/// A place at which a process listens, or listened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListeningPlace {
    /// The address.
    pub address: ListeningAddress,
    /// The inode number of the network namespace of the socket; `None` if it is not known. A
    /// path leads to the same socket in each of them.
    pub network: Option<u64>,
}

/// The address of a listening socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListeningAddress {
    /// A path as it was given to the system, or a name in the abstract namespace after `@`.
    Unix {
        /// The path or name.
        path: String,
        /// The file, with the lower 32 bits of its inode number; `None` for an abstract name.
        file: Option<FileId>,
    },
    /// An IP address and a port.
    Tcp(SocketAddr),
}

/// A process that holds some of the sockets that are looked for.
#[derive(Debug)]
pub(crate) struct SocketHolder<P> {
    pub process: P,
    /// The inodes of those sockets.
    pub sockets: BTreeSet<u32>,
}

/// The processes that hold the sockets that listen at an address.
#[derive(Debug)]
pub(crate) struct ListenerHolders<P> {
    /// Whether any socket listens there.
    pub is_served: bool,
    /// The holders that may be looked at.
    pub holders: Vec<P>,
    /// The right that is missing to look at other processes, if there are any.
    pub missing: Option<MissingRight>,
}
impl fmt::Display for ListeningAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix { path, .. } => f.write_str(path),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

impl ListeningAddress {
    /// Returns whether both are the same address, of whatever file.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unix { path, .. }, Self::Unix { path: other, .. }) => path == other,
            _ => self == other,
        }
    }
}

/// Sockets that listen at a remembered address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PresentListener {
    /// The address.
    pub address: ListeningAddress,
    /// Their inode numbers.
    pub inodes: Vec<u32>,
    /// Their relation to the remembered socket.
    pub socket: Socket,
    /// Whether a client may reach it: a Unix socket without its file has none.
    pub is_reachable: bool,
}

/// The relation of a socket to a remembered one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Socket {
    /// It is that socket.
    Same,
    /// It has listened there since.
    Later,
    /// It listened there before, and is that of another process.
    Rival,
}
