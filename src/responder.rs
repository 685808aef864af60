//! The answering side: what a daemon needs to be provable.
//!
//! [`ProbeResponder`] does no I/O, so it fits next to a daemon's own protocol;
//! [`Server`] is a small server over it for daemons that have none.
//!
//! A daemon that can be proven, and is:
//!
//! ```
//! use rpctl::endpoint::Listener;
//! use rpctl::record::{self, Content, DigestChoice, Format};
//! use rpctl::responder::{Limits, ProbeResponder, Server};
//! use rpctl::{DaemonProcess, Endpoint, Probe, Verdict};
//!
//! let directory = tempfile::tempdir()?; // else one of your own below /run
//! let endpoint = Endpoint {
//!     namespace_id: "exampled".to_owned(),
//!     path: directory.path().join("socket").display().to_string(),
//! };
//!
//! // Listen, then record: whoever finds the record finds somebody to ask.
//! let listener = Listener::bind(&endpoint)?;
//! let identity = DaemonProcess::current_process(endpoint, None)?;
//! let record = directory.path().join("exampled.json");
//! let content = Content::Daemon(identity.to_proto());
//! record::save(&record, &content, Format::SidecarJson, DigestChoice::All)?;
//!
//! // One thread for all clients, until something can be read from `stop`.
//! let server = Server::new(listener, ProbeResponder::new(identity), Limits::default());
//! let (stop, stopper) = std::io::pipe()?;
//! let serving = std::thread::spawn(move || server.run(stop, None));
//!
//! // Whoever wants to know: `rpctl probe exampled.json`, or
//! let report = Probe::from_record(&record::load(&record)?).run();
//! assert_eq!(report.verdict(), Verdict::Verified, "{}", report.report().summary);
//!
//! drop(stopper); // the end of the pipe can be read as well
//! assert!(serving.join().is_ok_and(|served| served.is_ok()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::identity::DaemonProcess;
use crate::protocol::{self, HEADER_LEN};
use crate::protocol::{ProbeRequest, RequestError};

mod eviction;
mod connection;
mod server;

pub use server::{Limits, Server, Stopped};

/// Answers identity challenges with one identity, from bytes to bytes.
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
/// // What a client sends arrives in pieces of any size.
/// let request = Challenge::fresh()?.request();
/// assert!(matches!(responder.answer(&request[..7]), Reply::NeedMore));
/// let Reply::Answer { consumed, bytes } = responder.answer(&request) else {
///     unreachable!("a challenge is answered");
/// };
/// assert_eq!(consumed, request.len());
/// assert!(!bytes.is_empty()); // to be written to the client
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ProbeResponder {
    identity: Arc<DaemonProcess>,
}

/// What to do with the bytes received so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// They are the beginning of a frame: read more.
    NeedMore,
    /// They begin with a challenge; write the answer.
    Answer {
        /// How many of them were the challenge.
        consumed: usize,
        /// The framed answer.
        bytes: Vec<u8>,
    },
    /// They are no challenge: drop the connection, or hand the bytes to another
    /// protocol.
    Reject(RequestError),
}

impl ProbeResponder {
    /// A responder for the process that `identity` describes.
    #[must_use]
    pub fn new(identity: DaemonProcess) -> Self {
        Self {
            identity: Arc::new(identity),
        }
    }

    /// The identity it answers with.
    #[must_use]
    pub fn identity(&self) -> &DaemonProcess {
        &self.identity
    }

    /// Judge the bytes received so far.
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

    /// Answer one challenge on a blocking stream.
    ///
    /// There is no limit of time but that of the stream: a client that sends
    /// nothing is waited for. Timeouts of the stream bound each read and each
    /// write, of which a slow client can cause one a byte; [`Server`] bounds the
    /// whole.
    ///
    /// # Errors
    ///
    /// What reading or writing says; [`io::ErrorKind::InvalidData`] for anything
    /// but a challenge, [`io::ErrorKind::UnexpectedEof`] when the client leaves
    /// early.
    pub fn serve(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let mut received = Vec::new();
        loop {
            // Up to the end of the frame and not beyond: what follows is not ours.
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
