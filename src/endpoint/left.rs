//! The socket file that a daemon leaves behind.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::connect::{ConnectError, connect};
use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{self, FileId, HeldSocket};

/// A socket file, as it was when its daemon was last seen or recorded.
#[derive(Clone, Debug)]
pub(crate) struct LeftSocket {
    endpoint: Endpoint,
    /// Which file, and when it was made.
    file: (FileId, i128),
    owner: u32,
}

impl LeftSocket {
    /// The socket file at an endpoint, if there is one now; none behind a symbolic
    /// link.
    pub(crate) fn of(endpoint: &Endpoint) -> Option<Self> {
        let is_link = Path::new(&endpoint.path).is_symlink();
        Self::behind(endpoint).filter(|_| !is_link)
    }

    /// The socket file that an endpoint leads to, if there is one now.
    pub(crate) fn behind(endpoint: &Endpoint) -> Option<Self> {
        let socket = HeldSocket::at(Path::new(&endpoint.path))?;
        Some(Self {
            endpoint: endpoint.clone(),
            file: socket.identity(),
            owner: socket.owner(),
        })
    }

    /// The same, unless it was made later than that: then it is not what the
    /// writer of a record of that time listened on.
    pub(crate) fn not_younger_than(self, unix_ns: i128) -> Option<Self> {
        (self.file.1 <= unix_ns).then_some(self)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        Path::new(&self.endpoint.path)
    }

    /// Whether it is still the same socket and nobody listens on it.
    pub(crate) fn is_left(&self) -> bool {
        self.is_left_at(self.path())
    }

    fn is_left_at(&self, path: &Path) -> bool {
        HeldSocket::at(path)
            .is_some_and(|socket| socket.identity() == self.file && is_refused(&socket))
    }

    /// The user that it belongs to.
    pub(crate) fn owner(&self) -> u32 {
        self.owner
    }

    /// Who else could lead the path to another file: root, the caller and the
    /// owner of the socket are trusted.
    pub(crate) fn distrust(&self) -> Option<String> {
        platform::replaceable_by_others(self.path(), self.owner)
    }

    /// Remove the file if it is still the same socket and nobody listens on it;
    /// whether that was so.
    ///
    /// It is moved aside first and looked at once more there, so that the socket
    /// of a daemon that binds the path meanwhile is never removed.
    ///
    /// # Errors
    ///
    /// When others could have led the path to it, or it cannot be removed.
    pub(crate) fn remove(&self) -> io::Result<bool> {
        match self.distrust() {
            Some(why) if self.is_left() => Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!("others could have put it there: {why}"),
            )),
            Some(_) => Ok(false),
            None => self.remove_as_told(),
        }
    }

    /// The same whoever could have led the path to it: for a path that the caller
    /// was told.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    pub(crate) fn remove_as_told(&self) -> io::Result<bool> {
        platform::remove_if(self.path(), |path| self.is_left_at(path))
    }
}

/// Whether nobody listens on a socket.
fn is_refused(socket: &HeldSocket) -> bool {
    let endpoint = Endpoint {
        path: socket.path().to_string_lossy().into_owned(),
        ..Endpoint::default()
    };
    matches!(
        connect(&endpoint, Deadline::after(Duration::ZERO), None),
        Err(ConnectError::Refused)
    )
}
