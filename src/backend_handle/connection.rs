//! Connections for the daemon's own protocol.

use std::io;

use super::error::{BackendHandleError, Result, VerifyPidError};
use crate::deadline::Deadline;
use crate::endpoint::{self, Connected, Stream};
use crate::identity::{DaemonProcess, Endpoint};
use crate::platform::{self, Liveness, PinnedProcess};
use crate::probe::{DEFAULT_ENDPOINT_PROBE_TIMEOUT, ProbeReport, serves};

/// A connection to a daemon, in blocking mode.
///
/// It has no protocol: [`Self::into_inner`] gives the stream to speak the daemon's own.
#[derive(Debug)]
pub struct Connection {
    stream: Stream,
}

impl Connection {
    /// Connects to an endpoint without verifying who serves it. Blocks for at most
    /// [`DEFAULT_ENDPOINT_PROBE_TIMEOUT`]. Unix: by
    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html).
    ///
    /// # Errors
    ///
    /// An error whose source is a [`crate::endpoint::ConnectError`] if no process
    /// accepts the connection in time.
    pub fn connect(endpoint: &Endpoint) -> io::Result<Self> {
        let deadline = Deadline::after(DEFAULT_ENDPOINT_PROBE_TIMEOUT);
        let Connected { stream, .. } = endpoint::connect(endpoint, deadline)?;
        Self::new(stream)
    }

    /// Connects to the endpoint of `daemon`, which `process` must serve.
    pub(super) fn to_process(daemon: &DaemonProcess, process: &PinnedProcess) -> Result<Self> {
        let liveness = process.liveness().map_err(VerifyPidError::System)?;
        if liveness != Liveness::Alive {
            return Err(VerifyPidError::Exited.into());
        }
        let deadline = Deadline::after(DEFAULT_ENDPOINT_PROBE_TIMEOUT);
        let place = endpoint::locate(&daemon.ipc_endpoint, Some(process))?;
        let connected = endpoint::connect_to(place, deadline, Some(process))?;
        serves(&connected, daemon, process).map_err(VerifyPidError::NotServing)?;
        Self::new(connected.stream)
            .map_err(|error| BackendHandleError::VerifyPid(VerifyPidError::System(error)))
    }

    fn new(stream: Stream) -> io::Result<Self> {
        platform::set_blocking(&stream)?;
        Ok(Self { stream })
    }

    /// Returns the stream, in blocking mode. Unix: its type comes from the crate
    /// [`interprocess`]. Windows: it can be read and written.
    #[must_use]
    pub fn into_inner(self) -> Stream {
        self.stream
    }
}

impl ProbeReport {
    /// Takes the connection on which the daemon has answered. `None` if the daemon is not
    /// verified, or if the probe did not keep it; see [`crate::Probe::keep_connection`].
    ///
    /// Many daemons close a connection after the answer.
    #[must_use]
    pub fn take_connection(&mut self) -> Option<Connection> {
        Connection::new(self.take_stream()?).ok()
    }
}
