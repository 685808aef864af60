//! Unix sockets: connecting, listening, accepting.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use interprocess::ConnectWaitMode;
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ConnectOptions, GenericFilePath, ListenerNonblockingMode};

pub(crate) use interprocess::local_socket::{Listener, Stream};

use super::directory::parent;
use super::hanging::{guarded_file, is_at_hand};
use super::listening_socket::listen_at;
use super::process::PinnedProcess;
use crate::platform::waitable::Waitable;

/// The longest queue of a listener, which the kernel cuts to its own limit.
pub(super) const QUEUE: i32 = -1;

/// Socket files are endpoints.
pub const ENDPOINTS_ARE_FILES: bool = true;

/// The connections that a server can have at once.
#[cfg(feature = "responder")]
pub(crate) const MAX_CONNECTIONS: usize = usize::MAX;

/// The maximum pause before a retry.
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// Waits before another attempt to connect: the kernel reports no event if there is room in
/// the queue of a listener, so each pause is longer than the one before. The end of `process`
/// ends it. Returns whether the process has exited.
pub(crate) fn wait_for_room(
    _: &Path,
    process: Option<&PinnedProcess>,
    timeout: Duration,
    pause: &mut Duration,
) -> io::Result<bool> {
    let length = *pause;
    *pause = (length * 2).min(LONGEST_PAUSE);
    super::pause(process, length.min(timeout))
}

/// Connects to the socket at a path that is short enough for `sun_path`.
pub(super) fn connect_to(path: &Path) -> io::Result<OwnedFd> {
    ConnectOptions::new()
        .name(path.to_fs_name::<GenericFilePath>()?)
        .wait_mode(ConnectWaitMode::Deferred)
        .nonblocking_stream(true)
        .connect_sync()
        .map(|Stream::UdSocket(stream)| stream.into())
}

/// Creates a socket file with mode 0600 and listens on it in non-blocking mode, by
/// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html). Accepted streams are
/// non-blocking.
///
/// # Errors
///
/// As for [`super::connect`].
pub(crate) fn listen(path: &Path) -> io::Result<Listener> {
    let here = || {
        is_at_hand(parent(path))?;
        listen_at(path)
    };
    let listener = guarded_file(here, || listen_at(path))?;
    // Clients learn the process that has made the last call.
    rustix::net::listen(&listener, QUEUE)?;
    let listener = Listener::UdSocket(listener.into());
    listener.set_nonblocking(ListenerNonblockingMode::Both)?;
    Ok(listener)
}

/// Makes reading and writing wait.
#[cfg(feature = "client")]
pub(crate) fn set_blocking(stream: &Stream) -> io::Result<()> {
    stream.set_nonblocking(false)
}

/// Returns whether two names are those of one endpoint: files are compared elsewhere.
pub(crate) fn is_same_endpoint(one: &Path, other: &Path) -> bool {
    one == other
}

/// Accepts a connection, by
/// [accept(2)](https://man7.org/linux/man-pages/man2/accept.2.html).
pub(crate) fn accept(listener: &Listener) -> io::Result<Stream> {
    listener.accept()
}

/// Returns the descriptor of a stream.
pub(crate) fn stream_waitable(stream: &Stream) -> Waitable<'_> {
    let Stream::UdSocket(socket) = stream;
    socket.as_fd()
}

/// Returns the socket of a stream, to ask the kernel about.
pub(crate) fn stream_socket(stream: &Stream) -> BorrowedFd<'_> {
    stream_waitable(stream)
}

/// Returns the descriptor of a listener.
pub(crate) fn listener_waitable(listener: &Listener) -> Waitable<'_> {
    let Listener::UdSocket(socket) = listener;
    socket.as_fd()
}
