//! Creating a socket that listens.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{GenericFilePath, Listener, ListenerOptions};
use interprocess::os::unix::local_socket::ListenerOptionsExt;

/// Creates a socket file with mode 0600, and listens on it.
pub(super) fn listen_at(path: &Path) -> io::Result<OwnedFd> {
    ListenerOptions::new()
        .name(path.to_fs_name::<GenericFilePath>()?)
        .reclaim_name(false)
        .mode(0o600)
        .create_sync()
        .map(|Listener::UdSocket(listener)| listener.into())
}
