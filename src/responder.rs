//! The answering side: what a daemon needs to be provable.
//!
//! [`ProbeResponder`] does no I/O, so it fits next to a daemon's own protocol;
//! [`Server`] is a small server over it for daemons that have none.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::endpoint::{Listener, Stream, descriptor};
use crate::identity::DaemonProcess;
use crate::platform::{self, Interest};
use crate::protocol::challenge::{ProbeRequest, RequestError};
use crate::protocol::frame::{self, HEADER_LEN};

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
        match frame::complete_body(received) {
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
    /// # Errors
    ///
    /// What reading or writing says; [`io::ErrorKind::InvalidData`] for anything
    /// but a challenge, [`io::ErrorKind::UnexpectedEof`] when the client leaves
    /// early.
    pub fn serve(&self, mut stream: impl Read + Write) -> io::Result<()> {
        let mut received = Vec::new();
        let mut part = [0; 512];
        loop {
            match self.answer(&received) {
                Reply::Answer { bytes, .. } => return stream.write_all(&bytes),
                Reply::Reject(error) => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, error));
                }
                Reply::NeedMore => match stream.read(&mut part)? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    read => received.extend_from_slice(&part[..read]),
                },
            }
        }
    }
}

/// Bounds on what clients can make a [`Server`] hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once; further ones wait in the listener's queue.
    pub connections: usize,
    /// How long a connection may stay open.
    pub connection_lifetime: Duration,
    /// How many requests one connection may make.
    pub requests_per_connection: usize,
}

impl Default for Limits {
    /// 512 connections of at most 2 seconds and 64 requests each.
    fn default() -> Self {
        Self {
            connections: 512,
            connection_lifetime: Duration::from_secs(2),
            requests_per_connection: 64,
        }
    }
}

/// Why a [`Server`] stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The descriptor that it was to watch became readable.
    Asked,
    /// No challenge came for the idle time.
    Idle,
}

/// Answers challenges on one listener, in the calling thread.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    responder: ProbeResponder,
    limits: Limits,
    connections: Vec<Connection>,
}

/// One client.
#[derive(Debug)]
struct Connection {
    stream: Stream,
    received: Vec<u8>,
    to_send: Vec<u8>,
    requests_left: usize,
    expires: Instant,
}

/// Whether a connection is worth keeping.
#[derive(PartialEq)]
enum Fate {
    Keep,
    Drop,
}

/// Time for answers in flight once the server is asked to stop.
const FAREWELL: Duration = Duration::from_millis(50);

impl Server {
    /// A server of `responder` on `listener`.
    #[must_use]
    pub fn new(listener: Listener, responder: ProbeResponder, limits: Limits) -> Self {
        Self {
            listener,
            responder,
            limits,
            connections: Vec::new(),
        }
    }

    /// Serve until `stop` is readable, or until no challenge was answered for
    /// `idle_timeout`. Answers in flight are finished; then the listener is
    /// dropped, and the socket file with it.
    ///
    /// # Errors
    ///
    /// When waiting fails. Nothing a client does is an error.
    pub fn run(mut self, stop: impl AsFd, idle_timeout: Option<Duration>) -> io::Result<Stopped> {
        let mut last_answer = Instant::now();
        loop {
            let now = Instant::now();
            self.connections
                .retain(|connection| connection.expires > now);
            let idle_left = idle_timeout.map(|idle| idle.saturating_sub(last_answer.elapsed()));
            if idle_left == Some(Duration::ZERO) {
                return Ok(Stopped::Idle);
            }
            let expiry = self
                .connections
                .iter()
                .map(|connection| connection.expires)
                .min();
            let until_expiry = expiry.map(|expiry| expiry.saturating_duration_since(now));
            let timeout = [idle_left, until_expiry].into_iter().flatten().min();

            let ready = self.wait(Some(stop.as_fd()), timeout)?;
            if ready.stop {
                self.say_farewell()?;
                return Ok(Stopped::Asked);
            }
            if self.serve_ready(&ready.connections) {
                last_answer = Instant::now();
            }
            if ready.listener {
                self.accept_waiting();
            }
        }
    }

    fn wait(
        &self,
        stop: Option<std::os::fd::BorrowedFd<'_>>,
        timeout: Option<Duration>,
    ) -> io::Result<Ready> {
        let is_full = self.connections.len() >= self.limits.connections;
        let listener = (stop.is_some() && !is_full).then(|| self.listener.descriptor());
        let mut interests: Vec<Interest<'_>> = Vec::with_capacity(self.connections.len() + 2);
        interests.extend(stop.map(Interest::readable));
        interests.extend(listener.map(Interest::readable));
        let fixed = interests.len();
        interests.extend(self.connections.iter().map(Connection::interest));
        let ready = platform::wait_any(&interests, timeout)?;
        let mut of_fixed = ready.iter().take(fixed).copied();
        Ok(Ready {
            stop: stop.is_some() && of_fixed.next().unwrap_or(false),
            listener: listener.is_some() && of_fixed.next().unwrap_or(false),
            connections: ready.iter().skip(fixed).copied().collect(),
        })
    }

    /// Move every ready connection forward; whether any challenge was answered.
    fn serve_ready(&mut self, ready: &[bool]) -> bool {
        let mut answered = false;
        let mut ready = ready.iter();
        let responder = &self.responder;
        self.connections.retain_mut(|connection| {
            let is_ready = ready.next().copied().unwrap_or(false);
            !is_ready || connection.advance(responder, &mut answered) == Fate::Keep
        });
        answered
    }

    fn accept_waiting(&mut self) {
        while self.connections.len() < self.limits.connections {
            // An error here concerns one client (it left again) or will come
            // back as readiness; neither is a reason to stop serving.
            let Ok(stream) = self.listener.accept() else {
                return;
            };
            self.connections.push(Connection {
                stream,
                received: Vec::new(),
                to_send: Vec::new(),
                requests_left: self.limits.requests_per_connection,
                expires: Instant::now() + self.limits.connection_lifetime,
            });
        }
    }

    /// Finish the answers in flight, and serve what has already arrived.
    fn say_farewell(&mut self) -> io::Result<()> {
        let end = Instant::now() + FAREWELL;
        self.accept_waiting();
        let everyone = vec![true; self.connections.len()];
        self.serve_ready(&everyone);
        loop {
            self.connections
                .retain(|connection| !connection.to_send.is_empty());
            let left = end.saturating_duration_since(Instant::now());
            if self.connections.is_empty() || left.is_zero() {
                return Ok(());
            }
            let ready = self.wait(None, Some(left))?;
            self.serve_ready(&ready.connections);
        }
    }
}

/// What a wait ended with.
struct Ready {
    stop: bool,
    listener: bool,
    connections: Vec<bool>,
}

impl Connection {
    /// A client that does not take its answer is not read from either.
    fn interest(&self) -> Interest<'_> {
        let socket = descriptor(&self.stream);
        if self.to_send.is_empty() {
            Interest::readable(socket)
        } else {
            Interest::writable(socket)
        }
    }

    fn advance(&mut self, responder: &ProbeResponder, answered: &mut bool) -> Fate {
        if !self.to_send.is_empty() {
            return self.send();
        }
        let mut part = [0; 512];
        match self.stream.read(&mut part) {
            Ok(0) => return Fate::Drop,
            Ok(read) => self.received.extend_from_slice(&part[..read]),
            Err(error) => return Self::fate_of(&error),
        }
        match responder.answer(&self.received) {
            Reply::NeedMore => Fate::Keep,
            Reply::Reject(_) => Fate::Drop,
            Reply::Answer { consumed, bytes } => {
                *answered = true;
                self.received.drain(..consumed);
                self.to_send = bytes;
                self.send()
            }
        }
    }

    fn send(&mut self) -> Fate {
        match self.stream.write(&self.to_send) {
            Ok(written) => {
                self.to_send.drain(..written);
            }
            Err(error) => return Self::fate_of(&error),
        }
        if self.to_send.is_empty() {
            self.requests_left = self.requests_left.saturating_sub(1);
        }
        if self.requests_left == 0 {
            Fate::Drop
        } else {
            Fate::Keep
        }
    }

    fn fate_of(error: &io::Error) -> Fate {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Fate::Keep,
            _ => Fate::Drop,
        }
    }
}
