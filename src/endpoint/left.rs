//! The socket file that a daemon leaves behind.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::connect::{ConnectError, connect};
use crate::deadline::Deadline;
use crate::identity::Endpoint;
use crate::platform::{self, FileId};

/// A socket file, remembered while its daemon was alive.
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

    /// Remove the file if it is still the same socket and nobody listens on it;
    /// whether that was so.
    ///
    /// It is moved aside first and looked at once more there, so that the socket
    /// of a daemon that binds the path meanwhile is never removed.
    pub(crate) fn remove(&self) -> io::Result<bool> {
        let path = PathBuf::from(&self.endpoint.path);
        let is_left = || {
            platform::socket_id(&path) == Some(self.file)
                && matches!(
                    connect(&self.endpoint, Deadline::after(Duration::ZERO), None),
                    Err(ConnectError::Refused)
                )
        };
        if !is_left() {
            return Ok(false);
        }
        platform::remove_if(&path, |aside| platform::socket_id(aside) == Some(self.file))
    }
}
