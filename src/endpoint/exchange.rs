//! One request and its answer, over a non-blocking stream.

use std::io::{self, Read, Write};

use super::connect::{Connected, FIRST_PAUSE, LONGEST_PAUSE};
use super::exchange_error::{ExchangeError, Progress};
use super::served_by::ServedBy;
use crate::deadline::Deadline;
use crate::platform::{self, stream_waitable};
use crate::protocol::{self, FrameError, HEADER_LEN};

/// A request and the frame that answers it, exchanged in non-blocking steps.
pub(crate) struct Exchange<'p> {
    connected: Connected,
    /// The relation of the recorded process to the connection, which is settled before
    /// the request is sent.
    server: ServedBy<'p>,
    request: Vec<u8>,
    sent: usize,
    /// Whether the peer takes no more of the request. It may have answered before.
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

    /// Returns the connection if there is no recorded process to serve it.
    pub(crate) fn connection_to_stranger(&self) -> Option<&Connected> {
        matches!(self.server, ServedBy::NoProcess).then_some(&self.connected)
    }

    /// Returns the connection and its relation to the recorded process.
    pub(crate) fn into_parts(self) -> (Connected, ServedBy<'p>) {
        (self.connected, self.server)
    }

    /// Sends as much as the stream takes, by
    /// [write(2)](https://man7.org/linux/man-pages/man2/write.2.html).
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

    /// Receives the bytes that have arrived, by
    /// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html): never more than the
    /// header announces. Returns whether the frame is complete.
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

    /// Proceeds as far as possible without waiting. Returns `Some` once the answer is
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

    /// Waits for the answer until the deadline.
    ///
    /// The kernel reports no event when a connection is accepted, so the function looks
    /// again after a growing pause.
    pub(crate) fn finish(&mut self, deadline: Deadline) -> Result<(), ExchangeError> {
        let mut pause = FIRST_PAUSE;
        while self.step(deadline)?.is_none() {
            let remaining = deadline.remaining();
            let is_accepted = self.server.is_settled(&self.connected);
            let socket = stream_waitable(&self.connected.stream);
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

    /// Returns the body of the complete answer.
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

/// Returns the size of the frame that begins with the received bytes.
fn announced(received: &[u8]) -> Result<Option<usize>, FrameError> {
    Ok(protocol::announced_body(received)?.map(|body| HEADER_LEN + body))
}
