//! Sockets, and who is at their other end.

use std::net::SocketAddr;

use super::files::{FileId, UserId};
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
    /// PID of the process that called `listen`; 0 if that process is outside the PID
    /// namespace of this one.
    pub pid: u32,
    /// Effective user ID of that process at that time.
    pub uid: UserId,
}

/// The state of a stream after `connect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connectedness {
    /// Not connected: the queue of the listener is full.
    NotConnected,
    /// Connected to the listener of this process.
    Connected(PeerCredentials),
}

/// A socket on which a process listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListeningSocket {
    /// The inode number of the socket.
    pub inode: u32,
    /// The address.
    pub address: ListeningAddress,
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
