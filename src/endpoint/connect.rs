//! Connecting to a recorded socket.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::place::Place;
use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{
    self, FileKind, MAX_SOCKET_PATH_LEN, PeerCredentials, PinnedProcess, Stream, System,
};

/// The maximum length of the path of a socket, in bytes. Linux: 107, the size of `sun_path`
/// of [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html) without its final NUL.
/// Windows: that of the name of a pipe.
pub const MAX_PATH_LEN: usize = MAX_SOCKET_PATH_LEN;

/// The first pause before a retry. Linux reports no event if there is room in the queue of a
/// listener, or if a connection is accepted.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(1);

/// The maximum pause before a retry.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// The reasons that a connection cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The file does not exist.
    #[error("there is no such {}", System::THIS.socket())]
    Missing,
    /// The file is not a socket.
    #[error("this is a {0}, not a socket")]
    NotASocket(FileKind),
    /// No process listens on the socket: its file was left behind.
    #[error("no process listens on this socket; the file was left behind")]
    Refused,
    /// The caller may not access the file, or may not connect.
    #[error("not permitted to connect")]
    Denied,
    /// The listener did not accept connections for this time, and its queue is full.
    #[error("the listener's queue stayed full for {} ms", .0.as_millis())]
    QueueFull(Duration),
    /// The path is longer, in bytes, than the path of a new socket can be. A socket that
    /// exists is connected to all the same.
    #[error("the path has {0} bytes; a socket's has at most {MAX_PATH_LEN}")]
    TooLong(usize),
    /// The path is relative, and names nothing in the working directory of the daemon.
    #[error("the path is relative, and names nothing in the working directory of the process")]
    Relative,
    /// The path cannot be that of a socket on this platform.
    #[error("this is no {}", System::THIS.socket_name())]
    BadName,
    /// The socket has another type (datagram, seqpacket).
    #[error("the socket is not of the stream type")]
    WrongType,
    /// Any other error of the system.
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
            ConnectError::TooLong(_) | ConnectError::Relative | ConnectError::BadName => {
                io::ErrorKind::InvalidInput
            }
        };
        Self::new(kind, error)
    }
}

/// A connected endpoint, with the process that the kernel reports as its creator.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(crate) stream: Stream,
    pub(crate) creator: PeerCredentials,
    /// The file of the socket.
    pub(crate) place: Place,
}

impl Connected {
    /// Returns whether the listener was created outside the PID namespace of this process:
    /// the kernel then reports 0 as the PID.
    pub(crate) fn is_from_outside_namespace(&self) -> bool {
        self.creator.pid == 0
    }
}

/// Returns the path of an endpoint if a socket can have it.
pub(super) fn socket_path(endpoint: &Endpoint) -> Result<&Path, ConnectError> {
    let path = endpoint.path.as_str();
    if !platform::is_endpoint_name(path) {
        return Err(ConnectError::BadName);
    }
    Ok(Path::new(path))
}

/// Returns the socket file of an endpoint, as `process` names it.
pub(crate) fn locate(
    endpoint: &Endpoint,
    process: Option<&PinnedProcess>,
) -> Result<Place, ConnectError> {
    Place::of_process(socket_path(endpoint)?, process)
        .map_err(ConnectError::Io)?
        .ok_or(ConnectError::Relative)
}

/// Connects to an endpoint, as the calling process names it, before the deadline.
pub(crate) fn connect(endpoint: &Endpoint, deadline: Deadline) -> Result<Connected, ConnectError> {
    connect_to(Place::here(socket_path(endpoint)?), deadline, None)
}

/// Connects in non-blocking mode, before the deadline.
///
/// If the queue of the listener is full, the function waits and tries again. The end of
/// `process` ends a wait, because its listener is then gone, unless another process holds it
/// too.
pub(crate) fn connect_to(
    place: Place,
    deadline: Deadline,
    mut process: Option<&PinnedProcess>,
) -> Result<Connected, ConnectError> {
    let path = &place.path();
    let mut pause = FIRST_PAUSE;
    loop {
        let connected = platform::connect(path).map_err(|error| connect_error(error, path))?;
        if let Some((stream, creator)) = connected {
            return Ok(Connected {
                stream,
                creator,
                place,
            });
        }
        if deadline.has_passed() {
            return Err(ConnectError::QueueFull(deadline.elapsed()));
        }
        let remaining = deadline.remaining();
        let has_exited = platform::wait_for_room(path, process, remaining, &mut pause)
            .map_err(|error| connect_error(error, path))?;
        process = process.filter(|_| !has_exited);
    }
}

fn connect_error(error: io::Error, path: &Path) -> ConnectError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ConnectError::Missing,
        io::ErrorKind::PermissionDenied => ConnectError::Denied,
        io::ErrorKind::ConnectionRefused => match platform::attributes(path) {
            Ok(file) => match file.kind {
                Some(FileKind::Socket) => ConnectError::Refused,
                other => ConnectError::NotASocket(other.unwrap_or(FileKind::File)),
            },
            Err(_) => ConnectError::Missing,
        },
        _ if platform::is_wrong_socket_type(&error) => ConnectError::WrongType,
        _ => ConnectError::Io(error),
    }
}
