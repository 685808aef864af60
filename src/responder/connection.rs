//! One connection of the server, advanced as far as possible without waiting.

use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use super::eviction::Age;
use super::{Limits, ProbeResponder, Reply};
use crate::endpoint::{Stream, descriptor};
use crate::platform::Interest;
use crate::protocol;

/// A connection with its unread requests and unsent answers.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    received: Vec<u8>,
    to_send: Vec<u8>,
    requests_left: usize,
    request_bytes: usize,
    pub(super) age: Age,
    /// End of the connection; `None` if it is beyond the range of the clock.
    pub(super) expires: Option<Instant>,
}

impl Connection {
    pub(super) fn new(stream: Stream, limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            stream,
            received: Vec::new(),
            to_send: Vec::new(),
            requests_left: limits.requests_per_connection,
            request_bytes: limits.request_bytes,
            age: Age::new(now),
            expires: now.checked_add(limits.connection_lifetime),
        }
    }

    pub(super) fn has_answer_in_flight(&self) -> bool {
        !self.to_send.is_empty()
    }

    /// Returns the event to wait for. A client that does not take its answer is not read
    /// from.
    pub(super) fn interest(&self) -> Interest<'_> {
        let socket = descriptor(&self.stream);
        if self.has_answer_in_flight() {
            Interest::writable(socket)
        } else {
            Interest::readable(socket)
        }
    }

    /// Answers every challenge received so far, and reads once, so that a client that
    /// sends without end does not keep others waiting. `Break` drops the connection.
    pub(super) fn advance(
        &mut self,
        responder: &ProbeResponder,
        last_answer: &mut Instant,
    ) -> ControlFlow<()> {
        let mut may_read = true;
        loop {
            self.send()?;
            if self.has_answer_in_flight() {
                return ControlFlow::Continue(());
            }
            if self.announces_too_much() {
                return ControlFlow::Break(());
            }
            match responder.answer(&self.received) {
                Reply::Reject(_) => return ControlFlow::Break(()),
                Reply::Answer { consumed, bytes } => {
                    *last_answer = Instant::now();
                    self.received.drain(..consumed);
                    self.to_send = bytes;
                }
                Reply::NeedMore if may_read => {
                    may_read = false;
                    self.receive()?;
                }
                Reply::NeedMore => return ControlFlow::Continue(()),
            }
        }
    }

    fn announces_too_much(&self) -> bool {
        let announced = protocol::announced_body(&self.received);
        announced.is_ok_and(|length| length > Some(self.request_bytes))
    }

    fn receive(&mut self) -> ControlFlow<()> {
        let mut part = [0; 512];
        match self.stream.read(&mut part) {
            Ok(0) => return ControlFlow::Break(()),
            Ok(read) => self.received.extend_from_slice(&part[..read]),
            Err(error) => return flow_after(&error),
        }
        ControlFlow::Continue(())
    }

    fn send(&mut self) -> ControlFlow<()> {
        if self.to_send.is_empty() {
            return ControlFlow::Continue(());
        }
        match self.stream.write(&self.to_send) {
            Ok(written) => self.to_send.drain(..written),
            Err(error) => return flow_after(&error),
        };
        if self.to_send.is_empty() {
            self.requests_left = self.requests_left.saturating_sub(1);
            self.age.served = Instant::now();
        }
        if self.requests_left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

fn flow_after(error: &io::Error) -> ControlFlow<()> {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    }
}
