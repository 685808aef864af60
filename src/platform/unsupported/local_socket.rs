//! Local sockets: Unix sockets or named pipes.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

pub(crate) use interprocess::local_socket::Stream;
pub(crate) use interprocess::local_socket::traits::Stream as StreamTrait;

use super::error::unsupported;
use super::process::PinnedProcess;
use crate::platform::types::{BoundFile, Connectedness};
use crate::platform::waitable::{Waitable, waitable};

/// The shortest limit of a supported system.
pub(crate) const MAX_SOCKET_PATH_LEN: usize = 103;

/// A listener of local connections.
#[derive(Debug)]
pub(crate) enum Listener {}

pub(crate) fn connect(_: &Path) -> io::Result<Stream> {
    unsupported()
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
    #[cfg(unix)]
    let Stream::UdSocket(stream) = stream;
    #[cfg(windows)]
    let Stream::NamedPipe(stream) = stream;
    waitable(stream)
}

pub(crate) fn connectedness(_: Waitable<'_>) -> io::Result<Connectedness> {
    unsupported()
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
