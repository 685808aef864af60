//! Connecting to a recorded socket.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::time::Duration;

use interprocess::ConnectWaitMode;
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ConnectOptions, GenericFilePath, Name, Stream};

use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{self, Connectedness, FileKind, PeerCredentials, PinnedProcess};

/// Longest path of a socket on Linux, in bytes: `sun_path` without its NUL.
pub const MAX_PATH_LEN: usize = 107;

/// Bounds of the pause before looking again for what the kernel reports no event
/// of: room in a listener's queue, and a connection being accepted.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(1);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// What keeps a connection from being made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// There is no such file.
    #[error("there is no such socket")]
    Missing,
    /// The file is something else.
    #[error("this is a {0}, not a socket")]
    NotASocket(FileKind),
    /// A socket file that nobody listens on: left behind.
    #[error("nobody listens on this socket; the file was left behind")]
    Refused,
    /// Not permitted to reach the file or to connect.
    #[error("not permitted to connect")]
    Denied,
    /// The listener accepts nothing, and its queue stayed full.
    #[error("the listener's queue stayed full for {} ms", .0.as_millis())]
    QueueFull(Duration),
    /// Longer than any socket path on this platform.
    #[error("the path has {0} bytes; a socket's has at most {MAX_PATH_LEN}")]
    TooLong(usize),
    /// Not a path to a socket on this platform.
    #[error("this is no path to a socket")]
    BadName,
    /// The socket is of another type (datagram, seqpacket).
    #[error("the socket is not of the stream type")]
    WrongType,
    /// Anything else.
    #[error("{0}")]
    Io(#[source] io::Error),
}

impl From<ConnectError> for io::Error {
    fn from(error: ConnectError) -> Self {
        let kind = match error {
            ConnectError::Io(error) => return error,
            ConnectError::Missing => io::ErrorKind::NotFound,
            ConnectError::Refused | ConnectError::NotASocket(_) | ConnectError::WrongType => {
                io::ErrorKind::ConnectionRefused
            }
            ConnectError::Denied => io::ErrorKind::PermissionDenied,
            ConnectError::QueueFull(_) => io::ErrorKind::TimedOut,
            ConnectError::TooLong(_) | ConnectError::BadName => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

/// A connected endpoint, with the kernel's word on who created it.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) stream: Stream,
    pub(crate) creator: PeerCredentials,
}

impl Connected {
    /// Returns whether the listener was created outside our PID namespace: the kernel
    /// then gives 0 for the PID.
    pub(crate) fn is_from_outside_namespace(&self) -> bool {
        self.creator.pid == 0
    }
}

/// The descriptor beneath a stream.
pub(crate) fn descriptor(stream: &Stream) -> BorrowedFd<'_> {
    let Stream::UdSocket(socket) = stream;
    socket.as_fd()
}

pub(super) fn name_of(endpoint: &Endpoint) -> Result<Name<'_>, ConnectError> {
    let path = endpoint.path.as_str();
    // `@` begins the abstract names that other tools show; a file of that name has `./@`.
    if path.is_empty() || path.starts_with('@') || path.contains('\0') {
        return Err(ConnectError::BadName);
    }
    if path.len() > MAX_PATH_LEN {
        return Err(ConnectError::TooLong(path.len()));
    }
    path.to_fs_name::<GenericFilePath>()
        .map_err(|_| ConnectError::BadName)
}

/// Connect, in non-blocking mode, before the deadline.
///
/// With a full queue the kernel reports no event to wait for, so connecting is
/// tried again after a growing pause; the end of `process` cuts one short, as its
/// listener is gone then, unless somebody else holds it too.
pub(crate) fn connect(
    endpoint: &Endpoint,
    deadline: Deadline,
    mut process: Option<&PinnedProcess>,
) -> Result<Connected, ConnectError> {
    let path = Path::new(&endpoint.path);
    name_of(endpoint)?;
    // Of stale records most sockets are gone, which is found out for less than
    // what a socket to connect with costs.
    if matches!(path.try_exists(), Ok(false)) {
        return Err(ConnectError::Missing);
    }
    let mut pause = FIRST_PAUSE;
    loop {
        let stream = ConnectOptions::new()
            .name(name_of(endpoint)?)
            .wait_mode(ConnectWaitMode::Deferred)
            .nonblocking_stream(true)
            .connect_sync()
            .map_err(|error| connect_error(error, path))?;
        match platform::connectedness(descriptor(&stream)).map_err(ConnectError::Io)? {
            Connectedness::Connected(creator) => return Ok(Connected { stream, creator }),
            Connectedness::NotConnected if deadline.has_passed() => {
                return Err(ConnectError::QueueFull(deadline.elapsed()));
            }
            Connectedness::NotConnected => {
                let has_exited = platform::pause(process, pause.min(deadline.remaining()))
                    .map_err(ConnectError::Io)?;
                process = process.filter(|_| !has_exited);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

fn connect_error(error: io::Error, path: &Path) -> ConnectError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ConnectError::Missing,
        io::ErrorKind::PermissionDenied => ConnectError::Denied,
        io::ErrorKind::ConnectionRefused => match std::fs::metadata(path) {
            Ok(metadata) => match FileKind::of(&metadata) {
                Some(FileKind::Socket) => ConnectError::Refused,
                other => ConnectError::NotASocket(other.unwrap_or(FileKind::File)),
            },
            Err(_) => ConnectError::Missing,
        },
        _ if platform::is_wrong_socket_type(&error) => ConnectError::WrongType,
        _ => ConnectError::Io(error),
    }
}
