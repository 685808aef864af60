//! Sockets: readiness, queues, errors.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use rustix::event::PollFlags;
use rustix::io::Errno;

use super::wait::wait_for;

/// Returns whether connecting failed because the socket is a datagram or seqpacket one.
pub(crate) fn is_wrong_socket_type(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::PROTOTYPE)
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
