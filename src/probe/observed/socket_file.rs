//! The files of recorded sockets.

use std::io;

use crate::endpoint::{self, Place};
use crate::identity::Endpoint;
use crate::platform::PinnedProcess;

/// The mark in front of a name in the abstract namespace.
pub(super) const ABSTRACT: char = '@';

/// Returns the file of a socket, as the process names it.
pub(super) fn file_at(path: &str, process: Option<&PinnedProcess>) -> io::Result<Place> {
    let endpoint = Endpoint {
        path: path.to_owned(),
        ..Endpoint::default()
    };
    endpoint::locate(&endpoint, process).map_err(|error| match error {
        endpoint::ConnectError::Io(error) => error,
        error => io::Error::new(io::ErrorKind::NotFound, error.to_string()),
    })
}
