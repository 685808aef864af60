//! What the kernel knows about a Unix socket: who listens, and which socket is
//! at the other end.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use nix::sys::socket::{getsockopt, sockopt};
use rustix::event::PollFlags;
use rustix::io::Errno;

use super::process::serial;
use super::wait::wait_for;
use crate::platform::types::PeerCredentials;

/// What a fresh stream socket is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connectedness {
    /// Nothing yet: the listener's queue is full.
    NotConnected,
    /// A listener.
    Connected(PeerCredentials),
}

/// Whether a socket is connected, and who created the listener.
///
/// A PID of 0 alone says nothing: it stands for "not connected" as well as for a
/// process outside this PID namespace. Only an unconnected socket has the user
/// ID -1.
pub(crate) fn connectedness(socket: BorrowedFd<'_>) -> io::Result<Connectedness> {
    let credentials = getsockopt(&socket, sockopt::PeerCredentials)?;
    let (pid, uid) = (credentials.pid(), credentials.uid());
    Ok(if pid == 0 && uid == u32::MAX {
        Connectedness::NotConnected
    } else {
        Connectedness::Connected(PeerCredentials {
            pid: u32::try_from(pid).unwrap_or(0),
            uid,
        })
    })
}

/// Whether connecting failed because the socket is a datagram or seqpacket one.
pub(crate) fn is_wrong_socket_type(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::PROTOTYPE.raw_os_error())
}

/// The number that tells the peer's process from all others of this boot; see
/// `PinnedProcess::serial`. `None` where the kernel has no such numbers (before
/// Linux 6.9), and where the process is gone.
///
/// # Errors
///
/// When the system refuses: no descriptor is left, say.
pub(crate) fn peer_process(socket: BorrowedFd<'_>) -> io::Result<Option<u64>> {
    match getsockopt(&socket, sockopt::PeerPidfd) {
        Ok(pidfd) => Ok(serial(pidfd.as_fd())),
        // Before Linux 6.16 none is given for a process that was reaped.
        Err(
            nix::Error::ESRCH | nix::Error::ENODATA | nix::Error::EINVAL | nix::Error::ENOPROTOOPT,
        ) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Wait until a read would not block; whether that came in time.
pub(crate) fn wait_readable(socket: BorrowedFd<'_>, timeout: Duration) -> io::Result<bool> {
    wait_for(socket, PollFlags::IN, timeout)
}

/// Wait until a write would not block; whether that came in time.
pub(crate) fn wait_writable(socket: BorrowedFd<'_>, timeout: Duration) -> io::Result<bool> {
    wait_for(socket, PollFlags::OUT, timeout)
}

/// Whether an operation failed because this process, or the system, has no
/// descriptor left for what it would have returned.
#[must_use]
pub fn is_out_of_descriptors(error: &io::Error) -> bool {
    let exhausted = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    exhausted
        .iter()
        .any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

/// Let no more than so many clients wait in the queue of a listening socket. Linux
/// lets one more in, and never more than `net.core.somaxconn` says.
pub(crate) fn limit_queue(listener: BorrowedFd<'_>, clients: usize) -> io::Result<()> {
    let clients = i32::try_from(clients).unwrap_or(i32::MAX);
    Ok(rustix::net::listen(listener, clients)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unconnected_socket_is_told_from_a_foreign_peer() {
        let socket = rustix::net::socket(
            rustix::net::AddressFamily::UNIX,
            rustix::net::SocketType::STREAM,
            None,
        )
        .unwrap();
        assert_eq!(
            connectedness(socket.as_fd()).unwrap(),
            Connectedness::NotConnected
        );
    }
}
