//! Listening, and replacing the socket file of a crashed daemon.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::connect::{ConnectError, Connected, MAX_PATH_LEN, connect, socket_path};
use super::left::LeftSocket;
use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{self, FileId, FileKind, Stream, Waitable};

/// Attempts to remove a stale socket, if another file has its path each time.
const ATTEMPTS: usize = 3;

/// A socket that this process listens on.
///
/// The file has mode 0600. Dropping the value removes it, unless another file has its path
/// by then.
#[derive(Debug)]
pub struct Listener {
    inner: platform::Listener,
    path: PathBuf,
    /// The file of the socket. A pipe has none.
    file: Option<FileId>,
}

/// The reasons that a socket cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// A socket of another process is bound to the path.
    #[error("{} {}", holding(*pid), path.display())]
    InUse {
        /// The path.
        path: PathBuf,
        /// PID of the process that listens. `None` if it is outside this PID namespace,
        /// if its queue is full, or if it does not listen yet.
        pid: Option<u32>,
    },
    /// There is a socket to which the caller may not connect.
    #[error("there is a socket at {} that you may not connect to", .0.display())]
    Denied(PathBuf),
    /// The file at the path is not a socket.
    #[error("{} is a {kind}, not a socket left behind", path.display())]
    NotASocket {
        /// The path.
        path: PathBuf,
        /// The kind of the file.
        kind: FileKind,
    },
    /// A socket cannot have this path.
    #[error("cannot listen on {path:?}: {reason}")]
    Unusable {
        /// The path.
        path: String,
        /// The reason.
        reason: ConnectError,
    },
    /// Any other error of the system.
    #[error("cannot listen on {}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
}

fn holding(pid: Option<u32>) -> String {
    let listens = |pid| format!("PID {pid} already listens on");
    pid.map_or("another process has bound".to_owned(), listens)
}

impl Listener {
    /// Listens in non-blocking mode, by
    /// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html). A socket file on
    /// which no process has a socket (left by a crash) is replaced. Windows: on a named pipe,
    /// which only the user of this process and the system may open.
    ///
    /// Missing directories are created with mode 0700. The directory is locked during the
    /// call, so that of two daemons that start at once only one replaces the file.
    ///
    /// # Errors
    ///
    /// See [`ListenError`].
    pub fn bind(endpoint: &Endpoint) -> Result<Self, ListenError> {
        let unusable = |reason| ListenError::Unusable {
            path: endpoint.path.clone(),
            reason,
        };
        let path = socket_path(endpoint).map_err(unusable)?.to_owned();
        let length = endpoint.path.len();
        if length > MAX_PATH_LEN {
            return Err(unusable(ConnectError::TooLong(length)));
        }
        let failed = |source| ListenError::Io {
            path: path.clone(),
            source,
        };
        let _lock = prepare(endpoint, &path)?;

        let inner = platform::listen(&path).map_err(|source| match source.kind() {
            // Bound by another process since the file was removed.
            io::ErrorKind::AddrInUse
                if !platform::ENDPOINTS_ARE_FILES
                    || LeftSocket::following_links(endpoint).is_some() =>
            {
                in_use(&path, None)
            }
            _ => failed(source),
        })?;
        let file = platform::ENDPOINTS_ARE_FILES.then(|| platform::stat(&path).map(|stat| stat.id));
        let file = file.transpose().map_err(failed)?;
        Ok(Self { inner, path, file })
    }

    /// Accepts a connection, by
    /// [accept(2)](https://man7.org/linux/man-pages/man2/accept.2.html).
    pub(crate) fn accept(&self) -> io::Result<Stream> {
        platform::accept(&self.inner)
    }

    /// Returns a handle that is readable if a client waits.
    pub(crate) fn descriptor(&self) -> Waitable<'_> {
        platform::listener_waitable(&self.inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Some(file) = self.file else {
            return;
        };
        // `drop` cannot report a file that cannot be removed.
        let is_ours = |path: &Path| platform::stat(path).is_ok_and(|stat| stat.id == file);
        let _ = platform::remove_if(&self.path, is_ours);
    }
}

/// Makes room for a listener. Returns the lock on the directory of its file, if it has one.
fn prepare(endpoint: &Endpoint, path: &Path) -> Result<Option<File>, ListenError> {
    if !platform::ENDPOINTS_ARE_FILES {
        return match connect(endpoint, Deadline::after(Duration::ZERO)) {
            Err(ConnectError::Missing) => Ok(None),
            connected => Err(obstacle(endpoint, path, connected)),
        };
    }
    let failed = |source| ListenError::Io {
        path: path.to_owned(),
        source,
    };
    let directory = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        parent => parent.unwrap_or(Path::new("/")),
    };
    platform::create_private_dir(directory).map_err(failed)?;
    let lock = platform::lock_dir(directory).map_err(failed)?;
    remove_stale(endpoint, path)?;
    Ok(Some(lock))
}

/// Removes a socket file if connecting to it shows that no socket is bound to it.
///
/// A file that replaces it during the call, or to which a socket is bound that does not
/// listen yet, is not removed, but examined in the next attempt.
fn remove_stale(endpoint: &Endpoint, path: &Path) -> Result<(), ListenError> {
    for _ in 0..ATTEMPTS {
        let left = LeftSocket::following_links(endpoint);
        match connect(endpoint, Deadline::after(Duration::ZERO)) {
            Err(ConnectError::Missing) => return Ok(()),
            Err(ConnectError::Refused) => {}
            connected => return Err(obstacle(endpoint, path, connected)),
        }
        let removed = left.map_or(Ok(false), |left| left.remove_unchecked());
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

/// Returns the reason that a path is in use, by the result of connecting to it.
fn obstacle(
    endpoint: &Endpoint,
    path: &Path,
    connected: Result<Connected, ConnectError>,
) -> ListenError {
    let at = path.to_owned();
    match connected {
        Err(ConnectError::NotASocket(kind)) => ListenError::NotASocket { path: at, kind },
        Err(ConnectError::Denied) => match platform::link_attributes(path) {
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
