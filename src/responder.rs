//! The answering side: the code that a daemon adds so that it can be verified.
//!
//! [`ProbeResponder`] does no I/O, so it fits next to a daemon's own protocol;
//! [`Server`] is a small server for daemons that have no protocol.
//!
//! A daemon that records itself, serves challenges and is verified:
//!
//! ```
//! use rpctl::endpoint::Listener;
//! use rpctl::record::{self, Content, DigestChoice, Format};
//! use rpctl::responder::{Limits, ProbeResponder, Server};
//! use rpctl::{DaemonProcess, Endpoint, Probe, Verdict};
//!
//! let directory = tempfile::tempdir()?; // in a daemon: a directory below /run
//! let endpoint = Endpoint {
//!     namespace_id: "exampled".to_owned(),
//!     path: directory.path().join("socket").display().to_string(),
//! };
//!
//! // Listen before recording, so that a client that finds the record can connect.
//! let listener = Listener::bind(&endpoint)?;
//! let identity = DaemonProcess::current_process(endpoint, None)?;
//! let record = directory.path().join("exampled.json");
//! let content = Content::Daemon(identity.to_proto());
//! record::save(&record, &content, Format::SidecarJson, DigestChoice::All)?;
//!
//! // One thread serves all clients, until `stop` becomes readable.
//! let server = Server::new(listener, ProbeResponder::new(identity), Limits::default());
//! let (stop, stopper) = std::io::pipe()?;
//! let serving = std::thread::spawn(move || server.run(stop, None));
//!
//! // The client:
//! let report = Probe::from_record(&record::load(&record)?).run();
//! assert_eq!(report.verdict(), Verdict::Verified, "{}", report.report().summary);
//!
//! drop(stopper); // the end of the pipe is readable too
//! assert!(serving.join().is_ok_and(|served| served.is_ok()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use crate::identity::DaemonProcess;
use crate::protocol::{self, HEADER_LEN};
use crate::protocol::{ProbeRequest, RequestError};

mod connection;
mod eviction;
mod server;

pub use server::{Server, StopReason};

/// Answers challenges with one identity, from bytes to bytes.
///
/// It is cheap to clone.
///
/// ```
/// use rpctl::responder::{ProbeResponder, Reply};
/// use rpctl::protocol::Challenge;
/// use rpctl::{DaemonProcess, Endpoint};
///
/// let endpoint = Endpoint {
///     namespace_id: "example".to_owned(),
///     path: "/run/example.sock".to_owned(),
/// };
/// let responder = ProbeResponder::new(DaemonProcess::current_process(endpoint, None)?);
///
/// // A challenge can arrive in pieces of any size.
/// let request = Challenge::fresh()?.request();
/// assert!(matches!(responder.answer(&request[..7]), Reply::NeedMore));
/// let Reply::Answer { consumed, bytes } = responder.answer(&request) else {
///     unreachable!("a challenge is answered");
/// };
/// assert_eq!(consumed, request.len());
/// assert!(!bytes.is_empty()); // for the client
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ProbeResponder {
    identity: Arc<DaemonProcess>,
}

/// The reaction to the bytes received so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// The bytes are the beginning of a frame: read more.
    NeedMore,
    /// The bytes begin with a challenge: write the answer.
    Answer {
        /// Length of the challenge in bytes.
        consumed: usize,
        /// Answer with its header.
        bytes: Vec<u8>,
    },
    /// The bytes are not a challenge: close the connection, or pass them to another
    /// protocol.
    Reject(RequestError),
}

impl ProbeResponder {
    /// Makes a responder for the process that `identity` describes.
    #[must_use]
    pub fn new(identity: DaemonProcess) -> Self {
        Self {
            identity: Arc::new(identity),
        }
    }

    /// Returns the identity in the answers.
    #[must_use]
    pub fn identity(&self) -> &DaemonProcess {
        &self.identity
    }

    /// Returns the reaction to the bytes received so far from one client.
    #[must_use]
    pub fn answer(&self, received: &[u8]) -> Reply {
        match protocol::complete_body(received) {
            Err(error) => Reply::Reject(error.into()),
            Ok(None) => Reply::NeedMore,
            Ok(Some(body)) => match ProbeRequest::from_body(body) {
                Err(error) => Reply::Reject(error),
                Ok(request) => Reply::Answer {
                    consumed: HEADER_LEN + body.len(),
                    bytes: request.answer(&self.identity),
                },
            },
        }
    }

    /// Answers one challenge on a blocking stream.
    ///
    /// Only the timeouts of the stream limit the time. They apply to each read and each
    /// write, and a slow client can cause one for every byte; [`Server`] limits the whole
    /// exchange.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] if the client sends anything but a challenge,
    /// [`io::ErrorKind::UnexpectedEof`] if it leaves early, and the errors of the
    /// stream.
    pub fn serve(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let mut received = Vec::new();
        loop {
            // Bytes after the frame belong to the daemon's own protocol.
            let wanted = match self.answer(&received) {
                Reply::Answer { bytes, .. } => return stream.write_all(&bytes),
                Reply::Reject(error) => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                }
                Reply::NeedMore => match protocol::announced_body(&received) {
                    Ok(Some(body)) => HEADER_LEN + body,
                    _ => HEADER_LEN,
                },
            };
            let have = received.len();
            received.resize(wanted, 0);
            stream.read_exact(&mut received[have..])?;
        }
    }
}

/// Limits on the resources that the clients of a [`Server`] can take.
///
/// Later releases can add limits: end a literal with `..Limits::default()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of open connections, at least one. Beyond it, or if the process has
    /// no descriptor left, the connection that has been without an answer for the longest
    /// time is closed; one made in the last 50 ms only if there is no other. Windows: at most
    /// 60, whatever this is.
    pub connections: usize,
    /// Maximum length of the queue of the listener, at least one. A further client waits
    /// in its call of `connect`, or gets `EAGAIN` there. A short queue makes the wait of an
    /// honest client short, as clients are accepted in turn. Linux: see
    /// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html).
    pub waiting: usize,
    /// Maximum age of a connection.
    pub connection_lifetime: Duration,
    /// Maximum number of requests on one connection.
    pub requests_per_connection: usize,
    /// Maximum length of a request in bytes, without its header. A challenge has about 60
    /// bytes, and a trace context can add a few hundred.
    pub request_bytes: usize,
}

impl Default for Limits {
    /// Returns limits of 512 connections, 2 seconds and 64 requests of 8 KiB each, and a
    /// queue of 256 clients.
    fn default() -> Self {
        Self {
            connections: 512,
            waiting: 256,
            connection_lifetime: Duration::from_secs(2),
            requests_per_connection: 64,
            request_bytes: 8 * 1024,
        }
    }
}
