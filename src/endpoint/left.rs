//! The socket file that a daemon leaves behind.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::connect::{ConnectError, connect};
use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{self, FileId};

/// A socket file, as it was when its daemon was last seen or recorded.
#[derive(Clone, Debug)]
pub(crate) struct LeftSocket {
    endpoint: Endpoint,
    /// Which file, and when it was made.
    file: (FileId, i128),
}

impl LeftSocket {
    /// The socket file at an endpoint, if there is one now.
    pub(crate) fn of(endpoint: &Endpoint) -> Option<Self> {
        let file = platform::socket_id(Path::new(&endpoint.path))?;
        Some(Self {
            endpoint: endpoint.clone(),
            file,
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
        platform::socket_id(self.path()) == Some(self.file)
            && matches!(
                connect(&self.endpoint, Deadline::after(Duration::ZERO), None),
                Err(ConnectError::Refused)
            )
    }

    /// Remove the file if it is still the same socket and nobody listens on it;
    /// whether that was so.
    ///
    /// It is moved aside first and looked at once more there, so that the socket
    /// of a daemon that binds the path meanwhile is never removed.
    pub(crate) fn remove(&self) -> io::Result<bool> {
        Ok(self.is_left()
            && platform::remove_if(self.path(), |aside| {
                platform::socket_id(aside) == Some(self.file)
            })?)
    }
}
