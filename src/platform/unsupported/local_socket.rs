//! Local sockets: Unix sockets or named pipes.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::time::Duration;

pub(crate) use interprocess::local_socket::Stream;

use super::error::unsupported;
use super::process::PinnedProcess;
use crate::platform::types::{BoundFile, PeerCredentials};
use crate::platform::waitable::{Waitable, waitable};

/// The shortest limit of a supported system.
pub(crate) const MAX_SOCKET_PATH_LEN: usize = 103;

/// A listener of local connections.
#[derive(Debug)]
pub(crate) enum Listener {}

/// Socket files are endpoints.
pub const ENDPOINTS_ARE_FILES: bool = true;

/// The connections that a server can have at once.
#[cfg(feature = "responder")]
pub(crate) const MAX_CONNECTIONS: usize = usize::MAX;

pub(crate) fn connect(_: &Path) -> io::Result<Option<(Stream, PeerCredentials)>> {
    unsupported()
}

pub(crate) fn wait_for_room(
    _: &Path,
    _: Option<&PinnedProcess>,
    _timeout: Duration,
    _pause: &mut Duration,
) -> io::Result<bool> {
    unsupported()
}

#[cfg(feature = "client")]
pub(crate) fn set_blocking(_: &Stream) -> io::Result<()> {
    unsupported()
}

/// Returns whether two names are those of one endpoint.
pub(crate) fn is_same_endpoint(one: &Path, other: &Path) -> bool {
    one == other
}

/// Returns whether an endpoint can have this name.
pub(crate) fn is_endpoint_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('\0')
}

pub(crate) fn listen(_: &Path) -> io::Result<Listener> {
    unsupported()
}

pub(crate) fn accept(listener: &Listener) -> io::Result<Stream> {
    match *listener {}
}

pub(crate) fn listener_waitable(listener: &Listener) -> Waitable<'_> {
    match *listener {}
}

pub(crate) fn stream_waitable(stream: &Stream) -> Waitable<'_> {
    let Stream::UdSocket(stream) = stream;
    waitable(stream)
}

pub(crate) fn stream_socket(stream: &Stream) -> Waitable<'_> {
    stream_waitable(stream)
}

pub(crate) fn peer_inode(_: Waitable<'_>) -> io::Result<Option<u32>> {
    unsupported()
}

pub(crate) fn bound_file(_inode: u32) -> io::Result<Option<BoundFile>> {
    unsupported()
}

pub(crate) fn listener_inodes(
    _: Waitable<'_>,
    _: Option<BoundFile>,
    _: (&Path, Option<&OsStr>),
    _: Option<&PinnedProcess>,
) -> io::Result<Vec<u32>> {
    unsupported()
}

pub(crate) fn peer_pidfs_inode(_: Waitable<'_>) -> io::Result<Option<u64>> {
    unsupported()
}

pub(crate) fn limit_queue(_: Waitable<'_>, _clients: usize) -> io::Result<()> {
    unsupported()
}

pub(crate) fn is_wrong_socket_type(_: &io::Error) -> bool {
    false
}

/// Returns whether an operation failed for want of a descriptor.
#[must_use]
pub fn is_out_of_descriptors(_: &io::Error) -> bool {
    false
}
