//! Connecting to a Unix socket.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::OFlags;

use super::descriptor_path::path_of_descriptor;
use super::hanging::{guarded_file, open};
use super::local_socket::{Stream, connect_to};
use super::peer;
use crate::platform::types::PeerCredentials;

/// The maximum length of the path of a socket, in bytes. Linux: `sun_path` of
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html) without its final NUL.
pub(crate) const MAX_SOCKET_PATH_LEN: usize = 107;

/// Connects a non-blocking stream, by
/// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html). Returns it with the
/// creator of the listener; `None` if the queue of the listener is full.
///
/// A path that is too long for `sun_path` is replaced by that of a descriptor.
///
/// # Errors
///
/// The error of the system; `FileSystemHangs` if the path leads to a file system that does
/// not answer.
pub(crate) fn connect(path: &Path) -> io::Result<Option<(Stream, PeerCredentials)>> {
    let here = || {
        let held = open(path, OFlags::PATH)?;
        match connect_to(&path_of_descriptor(&held)) {
            // Without /proc, a descriptor has no path.
            Err(error) if error.kind() == io::ErrorKind::NotFound => connect_to(path),
            connected => connected,
        }
    };
    let stream = guarded_file(here, || connect_to(path))?;
    let creator = peer::creator(stream.as_fd())?;
    Ok(creator.map(|creator| (Stream::UdSocket(stream.into()), creator)))
}

/// Returns whether an endpoint can have this name. `@` begins the abstract names that other
/// tools show; a file with such a name is written as `./@…`.
pub(crate) fn is_endpoint_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('@') && !name.contains('\0')
}
