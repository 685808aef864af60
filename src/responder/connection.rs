//! One client of the server, moved forward as far as it goes without waiting.

use std::io::{self, Read, Write};
use std::time::Instant;

use super::eviction::Age;
use super::{Limits, ProbeResponder, Reply};
use crate::endpoint::{Stream, descriptor};
use crate::platform::Interest;
use crate::protocol;

/// A client, and what has come from it and is to go to it.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    received: Vec<u8>,
    to_send: Vec<u8>,
    requests_left: usize,
    request_bytes: usize,
    age: Age,
    /// `None`: beyond what the clock can express.
    expires: Option<Instant>,
}

/// Whether a connection is worth keeping.
#[derive(PartialEq)]
pub(super) enum Fate {
    Keep,
    Drop,
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
            age: Age::of_newcomer(now),
            expires: now.checked_add(limits.connection_lifetime),
        }
    }

    pub(super) fn expires(&self) -> Option<Instant> {
        self.expires
    }

    pub(super) fn age(&self) -> Age {
        self.age
    }

    pub(super) fn has_answer_in_flight(&self) -> bool {
        !self.to_send.is_empty()
    }

    /// A client that does not take its answer is not read from either.
    pub(super) fn interest(&self) -> Interest<'_> {
        let socket = descriptor(&self.stream);
        if self.has_answer_in_flight() {
            Interest::writable(socket)
        } else {
            Interest::readable(socket)
        }
    }

    /// Answer every challenge received so far, and read once: a client that
    /// sends without end keeps nobody waiting.
    pub(super) fn advance(
        &mut self,
        responder: &ProbeResponder,
        last_answer: &mut Instant,
    ) -> Fate {
        let mut may_read = true;
        loop {
            if self.send() == Fate::Drop {
                return Fate::Drop;
            }
            if self.has_answer_in_flight() {
                return Fate::Keep;
            }
            if self.announces_too_much() {
                return Fate::Drop;
            }
            match responder.answer(&self.received) {
                Reply::Reject(_) => return Fate::Drop,
                Reply::Answer { consumed, bytes } => {
                    *last_answer = Instant::now();
                    self.received.drain(..consumed);
                    self.to_send = bytes;
                }
                Reply::NeedMore if may_read => {
                    may_read = false;
                    if self.receive() == Fate::Drop {
                        return Fate::Drop;
                    }
                }
                Reply::NeedMore => return Fate::Keep,
            }
        }
    }

    fn announces_too_much(&self) -> bool {
        let announced = protocol::announced_body(&self.received);
        announced.is_ok_and(|length| length > Some(self.request_bytes))
    }

    fn receive(&mut self) -> Fate {
        let mut part = [0; 512];
        match self.stream.read(&mut part) {
            Ok(0) => return Fate::Drop,
            Ok(read) => self.received.extend_from_slice(&part[..read]),
            Err(error) => return fate_of(&error),
        }
        Fate::Keep
    }

    fn send(&mut self) -> Fate {
        if self.to_send.is_empty() {
            return Fate::Keep;
        }
        match self.stream.write(&self.to_send) {
            Ok(written) => self.to_send.drain(..written),
            Err(error) => return fate_of(&error),
        };
        if self.to_send.is_empty() {
            self.requests_left = self.requests_left.saturating_sub(1);
            self.age.served = Instant::now();
        }
        if self.requests_left == 0 {
            Fate::Drop
        } else {
            Fate::Keep
        }
    }
}

fn fate_of(error: &io::Error) -> Fate {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Fate::Keep,
        _ => Fate::Drop,
    }
}
