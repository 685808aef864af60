//! Creating a socket that listens.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, chmodat};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, bind, listen, socket};

/// Creates a socket file with mode 0600, and listens on it. No client can connect to it
/// before it listens, and then it has this mode.
pub(super) fn listen_at(path: &Path) -> io::Result<OwnedFd> {
    let listener = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
    fcntl_setfd(&listener, FdFlags::CLOEXEC)?;
    bind(&listener, &SocketAddrUnix::new(path)?)?;
    chmodat(CWD, path, Mode::RUSR | Mode::WUSR, AtFlags::empty())?;
    listen(&listener, super::local_socket::QUEUE)?;
    Ok(listener)
}
