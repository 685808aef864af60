//! The listening sockets of a process record.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::fields;

/// A socket on which the recorded process listened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordedListener {
    /// A Unix socket, see [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html).
    Unix(UnixListenerRecord),
    /// A TCP socket, see [tcp(7)](https://man7.org/linux/man-pages/man7/tcp.7.html).
    Tcp(TcpListenerRecord),
    /// A socket of a kind that this version does not know.
    #[serde(other)]
    Unknown,
}

/// A recorded Unix socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnixListenerRecord {
    /// Path as the process gave it to the system; with `@` in front if it is abstract.
    /// Characters that are not Unicode are replaced.
    pub path: String,
    /// Device number of the socket file, as the kernel has it for the file system; absent if
    /// the socket is abstract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<u64>,
    /// Lower 32 bits of the inode number of the socket file; absent if the socket is
    /// abstract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inode: Option<u64>,
    /// Inode number of the socket, as in `socket:[INODE]` of
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html).
    #[serde(deserialize_with = "fields::socket_inode")]
    pub socket_inode: u64,
    /// Inode number of the network namespace of the socket, as in `net:[INODE]` of
    /// [namespaces(7)](https://man7.org/linux/man-pages/man7/namespaces.7.html); absent if it
    /// is not known, or if the socket has a path, which leads to it from each. Without it, no
    /// other process is named that listens at the name once the recorded one has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_namespace: Option<u64>,
}

/// A recorded TCP socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpListenerRecord {
    /// Address on which the socket listens; `0.0.0.0` or `::` for all.
    pub address: IpAddr,
    /// Port.
    pub port: u16,
    /// Inode number of the socket, as in `socket:[INODE]` of
    /// [proc_pid_fd(5)](https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html).
    #[serde(deserialize_with = "fields::socket_inode")]
    pub socket_inode: u64,
    /// Inode number of the network namespace of the socket, as in `net:[INODE]` of
    /// [namespaces(7)](https://man7.org/linux/man-pages/man7/namespaces.7.html); absent if it
    /// is not known. Without it, no other process is named that listens at the address once
    /// the recorded one has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_namespace: Option<u64>,
}

impl fmt::Display for RecordedListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(socket) => f.write_str(&socket.path),
            Self::Tcp(socket) => SocketAddr::new(socket.address, socket.port).fmt(f),
            Self::Unknown => f.write_str("a socket of an unknown kind"),
        }
    }
}
