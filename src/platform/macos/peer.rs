//! The peer of a connected Unix socket.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use nix::errno::Errno;
use nix::sys::socket::{getsockopt, sockopt};

#[cfg(feature = "client")]
use super::held_sockets::{socket_at, sockets_of};
#[cfg(feature = "client")]
use super::process_list::pids;
#[cfg(feature = "client")]
use super::socket_numbers::number;
#[cfg(feature = "client")]
use crate::platform::types::BoundFile;
use crate::platform::types::PeerCredentials;

/// Returns the process that has used the other end of a fresh connection last, by
/// `LOCAL_PEERPID` of
/// [unix(4)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man4/unix.4.html):
/// before the connection is accepted, that is the one that has called `listen` or `accept`
/// last.
pub(super) fn creator(socket: BorrowedFd<'_>) -> io::Result<PeerCredentials> {
    let pid = getsockopt(&socket, sockopt::LocalPeerPid)?;
    Ok(PeerCredentials {
        pid: u32::try_from(pid).unwrap_or(0),
    })
}

/// Returns `None`: the PID alone names the process.
#[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
pub(crate) fn peer_pidfs_inode(_: BorrowedFd<'_>) -> io::Result<Option<u64>> {
    Ok(None)
}

/// Returns the number of the socket at the other end; `None` until a process has accepted it,
/// as far as processes may be looked at.
#[cfg(feature = "client")]
pub(crate) fn peer_inode(socket: BorrowedFd<'_>) -> io::Result<Option<u32>> {
    let peer = socket_at(std::process::id(), socket.as_raw_fd())?.peer;
    if peer == 0 {
        return Ok(None);
    }
    let last = match creator(socket) {
        Ok(last) => last.pid,
        Err(error) if error.raw_os_error() == Some(Errno::ENOTCONN as i32) => return Ok(None),
        Err(error) => return Err(error),
    };
    // Only the kernel holds it while it waits in the queue of its listener.
    let holds = |pid: u32| {
        let sockets = sockets_of(pid).unwrap_or_default();
        sockets.iter().any(|socket| socket.handle == peer)
    };
    let is_held = holds(last) || pids().any(holds);
    Ok(is_held.then(|| number(peer)))
}

/// Returns `None`: the system does not tell to which file a socket is bound.
#[cfg(feature = "client")]
#[expect(clippy::unnecessary_wraps, reason = "other systems ask the kernel")]
pub(crate) fn bound_file(_inode: u32) -> io::Result<Option<BoundFile>> {
    Ok(None)
}
