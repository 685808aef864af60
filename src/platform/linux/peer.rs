//! The peer of a connected Unix socket.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use nix::sys::socket::{getsockopt, sockopt};

use super::pidfd_info::pidfs_inode;
use crate::platform::types::PeerCredentials;

/// Returns the process that created the listener to which a socket is connected, by
/// `SO_PEERCRED` of [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html). `None` if
/// it is not connected: the queue of the listener is full.
///
/// A PID of 0 is ambiguous: the socket is not connected, or the process is outside this
/// PID namespace. Only an unconnected socket has the user ID -1.
pub(super) fn creator(socket: BorrowedFd<'_>) -> io::Result<Option<PeerCredentials>> {
    let credentials = getsockopt(&socket, sockopt::PeerCredentials)?;
    let (pid, uid) = (credentials.pid(), credentials.uid());
    let is_connected = pid != 0 || uid != u32::MAX;
    Ok(is_connected.then(|| PeerCredentials {
        pid: u32::try_from(pid).unwrap_or(0),
    }))
}

/// Returns the inode number of the pidfd of the process that created the listener, by
/// `SO_PEERPIDFD` of [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html); see
/// `PinnedProcess::pidfs_inode`. `None` before Linux 6.9, and if the process is gone.
///
/// # Errors
///
/// The error of the system call, for example if this process has no free descriptor.
pub(crate) fn peer_pidfs_inode(socket: BorrowedFd<'_>) -> io::Result<Option<u64>> {
    match getsockopt(&socket, sockopt::PeerPidfd) {
        Ok(pidfd) => Ok(pidfs_inode(pidfd.as_fd())),
        // Before Linux 6.16, there is no pidfd of a reaped process.
        Err(
            nix::Error::ESRCH | nix::Error::ENODATA | nix::Error::EINVAL | nix::Error::ENOPROTOOPT,
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unconnected_socket_is_no_foreign_peer() {
        let socket = rustix::net::socket(
            rustix::net::AddressFamily::UNIX,
            rustix::net::SocketType::STREAM,
            None,
        )
        .unwrap();
        assert_eq!(creator(socket.as_fd()).unwrap(), None);
    }
}
