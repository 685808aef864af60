//! The peer of a connected Unix socket, readiness, and the errors of sockets.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::sys::socket::{getsockopt, sockopt};
use rustix::event::PollFlags;
use rustix::io::Errno;

use super::pidfd_info::pidfs_inode;
use super::wait::wait_for;
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

/// Returns whether connecting failed because the socket is a datagram or seqpacket one.
pub(crate) fn is_wrong_socket_type(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::PROTOTYPE)
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

/// Waits until a read would not block, by
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). Returns whether that
/// happened in time.
pub(crate) fn wait_readable(socket: BorrowedFd<'_>, timeout: Duration) -> io::Result<bool> {
    wait_for(socket, PollFlags::IN, timeout)
}

/// Waits until a write would not block, by
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html). Returns whether that
/// happened in time.
pub(crate) fn wait_writable(socket: BorrowedFd<'_>, timeout: Duration) -> io::Result<bool> {
    wait_for(socket, PollFlags::OUT, timeout)
}

/// Returns whether an operation failed because this process or the system has no free
/// descriptor.
#[must_use]
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM)
    )
}

/// Limits the clients that wait in the queue of a listening socket, by
/// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html). Linux allows one more
/// than `clients`, and at most `net.core.somaxconn`.
pub(crate) fn limit_queue(listener: BorrowedFd<'_>, clients: usize) -> io::Result<()> {
    let clients = i32::try_from(clients).unwrap_or(i32::MAX);
    Ok(rustix::net::listen(listener, clients)?)
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
