//! Requests to stop this process.

use std::io::{self, Read};

use super::error::unsupported;
use crate::platform::waitable::{AsWaitable, impl_as_waitable};

/// The requests to stop this process.
#[derive(Debug)]
pub enum StopSignals {}

impl StopSignals {
    /// Receives the requests.
    ///
    /// # Errors
    ///
    /// Always [`io::ErrorKind::Unsupported`].
    pub fn receive() -> io::Result<Self> {
        unsupported()
    }

    /// Returns whether a request has arrived.
    ///
    /// # Errors
    ///
    /// None: there is no receiver.
    pub fn have_come(&self) -> io::Result<bool> {
        match *self {}
    }

    /// Reads `source` to its end, or until a request arrives.
    ///
    /// # Errors
    ///
    /// None: there is no receiver.
    pub fn read_to_end(&self, _source: impl Read + AsWaitable) -> io::Result<Option<Vec<u8>>> {
        match *self {}
    }

    /// Stops receiving.
    ///
    /// # Errors
    ///
    /// None: there is no receiver.
    pub fn release(self) -> io::Result<()> {
        match self {}
    }
}

impl_as_waitable!(StopSignals, signals => match *signals {});

/// Returns the name of a signal: unknown.
#[must_use]
pub fn signal_name(_number: i32) -> Option<&'static str> {
    None
}
