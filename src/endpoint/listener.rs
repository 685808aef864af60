//! Listening, and taking over what a crash left behind.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ListenerNonblockingMode, ListenerOptions, Stream};
use interprocess::os::unix::local_socket::ListenerOptionsExt;

use super::connect::{ConnectError, Connected, connect, name_of};
use super::left::LeftSocket;
use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{self, FileId, FileKind};

/// How often a stale socket is looked for, where something else is found each time.
const LOOKS: usize = 3;

/// A socket that this process listens on.
///
/// The file has mode 0600. Dropping the value removes it, unless another socket
/// has taken its place meanwhile.
#[derive(Debug)]
pub struct Listener {
    inner: interprocess::local_socket::Listener,
    path: PathBuf,
    file: FileId,
}

/// What keeps a socket from being listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Somebody listens there already.
    #[error("{} already listens on {}", listener(*pid), path.display())]
    InUse {
        /// The path.
        path: PathBuf,
        /// Who made it a listener, where the kernel says: not outside this PID
        /// namespace, and not while its queue is full.
        pid: Option<u32>,
    },
    /// There is a socket, and this user may not find out whether it is served.
    #[error("there is a socket at {} that you may not connect to", .0.display())]
    Denied(PathBuf),
    /// Something else has that name.
    #[error("{} is a {kind}, not a socket left behind", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },
    /// No path a socket can have.
    #[error("cannot listen on {path:?}: {reason}")]
    Unusable {
        /// The path.
        path: String,
        /// Why not.
        reason: ConnectError,
    },
    /// Anything else.
    #[error("cannot listen on {}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn listener(pid: Option<u32>) -> String {
    pid.map_or("another process".to_owned(), |pid| format!("PID {pid}"))
}

impl Listener {
    /// Listen, in non-blocking mode. A socket file that nobody listens on (left
    /// behind by a crash) is replaced; a live one is left alone.
    ///
    /// Missing directories are created for their owner alone. The directory is
    /// locked meanwhile, so that two starters cannot take over one after the
    /// other.
    ///
    /// # Errors
    ///
    /// See [`ListenError`].
    pub fn bind(endpoint: &Endpoint) -> Result<Self, ListenError> {
        let unusable = |reason| ListenError::Unusable {
            path: endpoint.path.clone(),
            reason,
        };
        let path = PathBuf::from(&endpoint.path);
        let failed = |source| ListenError::Io {
            path: path.clone(),
            source,
        };
        name_of(endpoint).map_err(unusable)?;
        let directory = match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            parent => parent.unwrap_or(Path::new("/")),
        };
        platform::create_private_dir(directory).map_err(failed)?;
        let _lock = platform::lock_dir(directory).map_err(failed)?;
        remove_stale(endpoint, &path)?;

        let inner = ListenerOptions::new()
            .name(name_of(endpoint).map_err(unusable)?)
            .nonblocking(ListenerNonblockingMode::Both)
            .reclaim_name(false)
            .mode(0o600)
            .create_sync()
            .map_err(|source| match source.kind() {
                // Bound since the last look.
                io::ErrorKind::AddrInUse if LeftSocket::of(endpoint).is_some() => {
                    in_use(&path, None)
                }
                _ => failed(source),
            })?;
        let file = platform::stat(&path).map_err(failed)?.id;
        Ok(Self { inner, path, file })
    }

    pub(crate) fn accept(&self) -> io::Result<Stream> {
        self.inner.accept()
    }

    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        let interprocess::local_socket::Listener::UdSocket(socket) = &self.inner;
        socket.as_fd()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // Nothing could be done about a file that cannot be removed.
        let is_ours = |path: &Path| platform::stat(path).is_ok_and(|stat| stat.id == self.file);
        let _ = platform::remove_if(&self.path, is_ours);
    }
}

/// Remove a socket file that nobody listens on; a connection tells.
///
/// One that takes its place meanwhile, or comes to be listened on, is not removed,
/// but judged anew.
fn remove_stale(endpoint: &Endpoint, path: &Path) -> Result<(), ListenError> {
    for _ in 0..LOOKS {
        let left = LeftSocket::behind(endpoint);
        match connect(endpoint, Deadline::after(Duration::ZERO), None) {
            Err(ConnectError::Missing) => return Ok(()),
            Err(ConnectError::Refused) => {}
            connected => return Err(obstacle(endpoint, path, connected)),
        }
        let removed = left.map_or(Ok(false), |left| left.remove_as_told());
        let failed = |source| ListenError::Io {
            path: path.to_owned(),
            source,
        };
        if removed.map_err(failed)? {
            return Ok(());
        }
    }
    Err(in_use(path, None))
}

fn in_use(path: &Path, pid: Option<u32>) -> ListenError {
    let path = path.to_owned();
    ListenError::InUse { path, pid }
}

/// What is in the way, as connecting to it tells.
fn obstacle(
    endpoint: &Endpoint,
    path: &Path,
    connected: Result<Connected, ConnectError>,
) -> ListenError {
    let at = path.to_owned();
    match connected {
        Err(ConnectError::NotASocket(kind)) => ListenError::NotASocket { path: at, kind },
        Err(ConnectError::Denied) => match std::fs::symlink_metadata(path) {
            Ok(_) => ListenError::Denied(at),
            Err(source) => ListenError::Io { path: at, source },
        },
        Err(ConnectError::Io(source)) => ListenError::Io { path: at, source },
        Err(reason @ ConnectError::WrongType) => ListenError::Unusable {
            path: endpoint.path.clone(),
            reason,
        },
        Ok(connected) => {
            let pid = connected.creator.pid;
            in_use(path, Some(pid).filter(|&pid| pid != 0))
        }
        Err(_) => in_use(path, None),
    }
}
