//! Connecting to a Unix socket.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use super::held_sockets::sockets_of;
use super::local_socket::{Stream, connect_to};
use super::peer;
use super::process_list::pids;
use crate::platform::macos_forms::sockets::Bound;
use crate::platform::types::PeerCredentials;

/// The maximum length of the path of a socket, in bytes: `sun_path` of
/// [unix(4)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man4/unix.4.html)
/// without its final NUL.
pub(crate) const MAX_SOCKET_PATH_LEN: usize = 103;

/// Connects a non-blocking stream, by
/// [connect(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/connect.2.html).
/// Returns it with the process that serves the listener; `None` if the queue of the listener
/// is full. The system refuses a connection then as if nothing listened: the queue counts as
/// full if a process is seen to listen by this path.
///
/// # Errors
///
/// The error of the system.
pub(crate) fn connect(path: &Path) -> io::Result<Option<(Stream, PeerCredentials)>> {
    let stream = match connect_to(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused && is_served(path) => {
            return Ok(None);
        }
        stream => stream?,
    };
    let creator = peer::creator(stream.as_fd())?;
    Ok(Some((Stream::UdSocket(stream.into()), creator)))
}

fn is_served(path: &Path) -> bool {
    let is_it = |at: &Option<Bound>| matches!(at, Some(Bound::Path(bound)) if bound == path);
    pids().any(|pid| {
        let sockets = sockets_of(pid).unwrap_or_default();
        sockets.iter().any(|socket| is_it(&socket.listens_at))
    })
}

/// Returns whether an endpoint can have this name.
pub(crate) fn is_endpoint_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('\0')
}
