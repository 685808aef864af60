//! One request and its answer, over a non-blocking stream.

use std::fmt;
use std::io::{self, Read, Write};
use std::time::Duration;

use super::connect::{Connected, FIRST_PAUSE, LONGEST_PAUSE, descriptor};
use super::served_by::ServedBy;
use crate::deadline::Deadline;
use crate::platform;
use crate::protocol::{self, FrameError, HEADER_LEN};

/// What keeps an exchange from producing a complete frame.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ExchangeError {
    /// The peer closed the connection first.
    #[error("the connection was closed {0}")]
    Closed(Progress),
    /// The deadline passed first.
    #[error("timed out after {} ms {progress}", elapsed.as_millis())]
    TimedOut {
        /// How far the exchange had come.
        progress: Progress,
        /// How long it had taken.
        elapsed: Duration,
    },
    /// What was received is no frame.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Anything else.
    #[error("the connection failed: {0}")]
    Io(#[source] io::Error),
}

/// How far an exchange has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Bytes of the request that were sent.
    pub sent: usize,
    /// Bytes of the whole request.
    pub to_send: usize,
    /// Bytes of the answer that were received.
    pub received: usize,
    /// Bytes of the whole answer, once its header has come.
    pub to_receive: Option<usize>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sent,
            to_send,
            received,
            to_receive,
        } = *self;
        match to_receive {
            // Who answers has not always heard the question.
            Some(whole) => write!(
                f,
                "in the middle of the answer ({received} of {whole} bytes received)"
            ),
            None if received > 0 => {
                write!(f, "in the middle of the answer ({received} bytes received)")
            }
            None if sent < to_send => {
                write!(
                    f,
                    "while sending the challenge ({sent} of {to_send} bytes sent)"
                )
            }
            None => f.write_str("without an answer (0 bytes received)"),
        }
    }
}

/// One request and the frame that answers it, in non-blocking steps.
pub(crate) struct Exchange<'p> {
    connected: Connected,
    /// Nothing is sent before this is settled.
    server: ServedBy<'p>,
    request: Vec<u8>,
    sent: usize,
    /// The peer takes no more of the request; it may have answered before.
    is_refused: bool,
    received: Vec<u8>,
}

impl<'p> Exchange<'p> {
    pub(crate) fn new(connected: Connected, server: ServedBy<'p>, request: Vec<u8>) -> Self {
        Self {
            connected,
            server,
            request,
            sent: 0,
            is_refused: false,
            received: Vec::with_capacity(1024),
        }
    }

    pub(crate) fn into_parts(self) -> (Connected, ServedBy<'p>) {
        (self.connected, self.server)
    }

    fn send(&mut self) -> Result<(), ExchangeError> {
        while self.has_more_to_send() {
            match self.connected.stream.write(&self.request[self.sent..]) {
                Ok(written) => self.sent += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.is_refused = true,
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(())
    }

    fn has_more_to_send(&self) -> bool {
        self.sent < self.request.len() && !self.is_refused
    }

    /// Never more than the header announces, and nothing beyond the frame.
    fn receive(&mut self) -> Result<bool, ExchangeError> {
        loop {
            let wanted = announced(&self.received)?.unwrap_or(HEADER_LEN);
            let have = self.received.len();
            if have >= HEADER_LEN && have == wanted {
                return Ok(true);
            }
            self.received.resize(wanted, 0);
            let result = self.connected.stream.read(&mut self.received[have..]);
            self.received
                .truncate(have + *result.as_ref().unwrap_or(&0));
            match result {
                Ok(0) => return Err(ExchangeError::Closed(self.progress())),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    /// Go as far as possible without waiting: `Some` once the answer is
    /// complete.
    pub(crate) fn step(&mut self, deadline: Deadline) -> Result<Option<()>, ExchangeError> {
        if self.server.is_settled(&self.connected) {
            self.send()?;
            if self.receive()? {
                return Ok(Some(()));
            }
        }
        if deadline.has_passed() {
            return Err(ExchangeError::TimedOut {
                progress: self.progress(),
                elapsed: deadline.elapsed(),
            });
        }
        Ok(None)
    }

    /// Wait for the answer until the deadline.
    ///
    /// The kernel reports no event when a connection is accepted, so that is
    /// looked for again after a growing pause.
    pub(crate) fn finish(&mut self, deadline: Deadline) -> Result<(), ExchangeError> {
        let mut pause = FIRST_PAUSE;
        while self.step(deadline)?.is_none() {
            let remaining = deadline.remaining();
            let is_accepted = self.server.is_settled(&self.connected);
            let socket = descriptor(&self.connected.stream);
            if !is_accepted {
                let waited = platform::wait_readable(socket, remaining.min(pause));
                pause = (pause * 2).min(LONGEST_PAUSE);
                waited
            } else if self.has_more_to_send() {
                platform::wait_writable(socket, remaining)
            } else {
                platform::wait_readable(socket, remaining)
            }
            .map_err(ExchangeError::Io)?;
        }
        Ok(())
    }

    /// The body of the complete answer.
    pub(crate) fn answer(&self) -> &[u8] {
        self.received.get(HEADER_LEN..).unwrap_or_default()
    }

    fn progress(&self) -> Progress {
        Progress {
            sent: self.sent,
            to_send: self.request.len(),
            received: self.received.len(),
            to_receive: announced(&self.received).ok().flatten(),
        }
    }

    fn failed(&self, error: io::Error) -> ExchangeError {
        match error.kind() {
            io::ErrorKind::ConnectionReset => ExchangeError::Closed(self.progress()),
            _ => ExchangeError::Io(error),
        }
    }
}

/// Bytes of the whole frame that begins with those received.
fn announced(received: &[u8]) -> Result<Option<usize>, FrameError> {
    Ok(protocol::announced_body(received)?.map(|body| HEADER_LEN + body))
}
