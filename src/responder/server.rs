//! A small server of challenges: one thread, bounded whatever its clients do.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use super::ProbeResponder;
use super::eviction::{Age, GRACE, longest_unserved};
use super::connection::{Connection, Fate};
use crate::endpoint::{Listener, Stream};
use crate::platform::{self, Interest};

/// Bounds on what clients can make a [`Server`] hold.
///
/// There may come to be more: end yours with `..Limits::default()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once, at least one. A further one takes the place of
    /// the one that has gone longest without an answer, and not of one that came
    /// in the last 50 ms as long as there are others; so it is where the process
    /// has no descriptor left, too.
    pub connections: usize,
    /// Clients that wait to be let in, at least one; a further one waits in its call
    /// of `connect`, or gets `EAGAIN` there. They are let in by turns, so an honest
    /// client takes as long as all before it, and a Linux queue has room for
    /// thousands.
    pub waiting: usize,
    /// How long a connection may stay open.
    pub connection_lifetime: Duration,
    /// How many requests one connection may make.
    pub requests_per_connection: usize,
    /// The largest request, in bytes without its header. A challenge has some 60,
    /// and a trace context may add a few hundred.
    pub request_bytes: usize,
}

impl Default for Limits {
    /// 512 connections of at most 2 seconds and 64 requests of 8 KiB each, and 256
    /// clients that wait.
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
    /// In the order they came.
    connections: Vec<Connection>,
    last_answer: Instant,
    /// No client is accepted before this moment.
    accept_again: Option<Instant>,
}

/// Time for answers in flight once the server is to stop.
const FAREWELL: Duration = Duration::from_millis(50);

/// Clients accepted before those that are there get their turn again. A flood keeps
/// the kernel's queue full, of thousands, and an honest client waits behind all of
/// them: few turns must be enough to come to it.
const ACCEPTED_PER_TURN: usize = 512;

/// Pause before accepting again when the process has no descriptor left and no
/// connection to give up for one: the waiting client keeps the listener ready. The
/// only connection there may be is out of its grace afterwards.
const NO_DESCRIPTOR_PAUSE: Duration = GRACE;

impl Server {
    /// A server of `responder` on `listener`.
    #[must_use]
    pub fn new(listener: Listener, responder: ProbeResponder, limits: Limits) -> Self {
        Self {
            listener,
            responder,
            limits,
            connections: Vec::new(),
            last_answer: Instant::now(),
            accept_again: None,
        }
    }

    /// Serve until `stop` is readable, or until no challenge was answered for
    /// `idle_timeout`. Answers in flight are finished; then the listener is
    /// dropped, and the socket file with it.
    ///
    /// # Errors
    ///
    /// When listening or waiting fails. Nothing a client does is an error.
    pub fn run(mut self, stop: impl AsFd, idle_timeout: Option<Duration>) -> io::Result<Stopped> {
        platform::limit_queue(self.listener.descriptor(), self.limits.waiting.max(1))?;
        self.last_answer = Instant::now();
        let stopped = loop {
            let timeout = self.time_to_wait(idle_timeout);
            let ready = self.wait(Some(stop.as_fd()), timeout)?;
            if ready.stop {
                break Stopped::Asked;
            }
            self.serve_ready(&ready.connections);
            if ready.listener {
                self.accept_waiting();
            }
            // Only now: a challenge that had arrived in time has been answered.
            if idle_timeout.is_some_and(|idle| self.last_answer.elapsed() >= idle) {
                break Stopped::Idle;
            }
        };
        self.say_farewell()?;
        Ok(stopped)
    }

    /// Drop expired connections; the time until the next thing is due.
    fn time_to_wait(&mut self, idle_timeout: Option<Duration>) -> Option<Duration> {
        let now = Instant::now();
        self.connections
            .retain(|connection| connection.expires().is_none_or(|moment| moment > now));
        self.accept_again = self.accept_again.filter(|&moment| moment > now);
        let idle = idle_timeout.and_then(|idle| self.last_answer.checked_add(idle));
        let expiry = self.connections.iter().filter_map(Connection::expires);
        expiry
            .chain(idle)
            .chain(self.accept_again)
            .min()
            .map(|moment| moment.saturating_duration_since(now))
    }

    fn wait(&self, stop: Option<BorrowedFd<'_>>, timeout: Option<Duration>) -> io::Result<Ready> {
        let accepts = stop.is_some() && self.accept_again.is_none();
        let listener = accepts.then(|| self.listener.descriptor());
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

    /// Move every ready connection forward.
    fn serve_ready(&mut self, ready: &[bool]) {
        let before = self.connections.len();
        let mut ready = ready.iter();
        let responder = &self.responder;
        let last_answer = &mut self.last_answer;
        self.connections.retain_mut(|connection| {
            let is_ready = ready.next().copied().unwrap_or(false);
            !is_ready || connection.advance(responder, last_answer) == Fate::Keep
        });
        if self.connections.len() < before {
            self.accept_again = None;
        }
    }

    /// Let clients in. One whose challenge is there already is answered at once:
    /// however many come after it, it has not waited in vain.
    fn accept_waiting(&mut self) {
        for _ in 0..ACCEPTED_PER_TURN {
            match self.listener.accept() {
                Ok(stream) => self.welcome(stream),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if platform::is_out_of_descriptors(&error) => {
                    // The kernel says so before it looks for a client.
                    if !self.somebody_waits() {
                        return;
                    }
                    if !self.give_up_one() {
                        self.accept_again = Some(Instant::now() + NO_DESCRIPTOR_PAUSE);
                        return;
                    }
                }
                // It concerns one client, which has left again.
                Err(_) => {}
            }
        }
    }

    fn welcome(&mut self, stream: Stream) {
        let mut connection = Connection::new(stream, &self.limits);
        if connection.advance(&self.responder, &mut self.last_answer) == Fate::Keep {
            self.connections.push(connection);
            while self.connections.len() > self.limits.connections.max(1) && self.give_up_one() {}
        }
    }

    fn somebody_waits(&self) -> bool {
        let listener = [Interest::readable(self.listener.descriptor())];
        let ready = platform::wait_any(&listener, Some(Duration::ZERO));
        ready.is_ok_and(|ready| ready.contains(&true))
    }

    /// Close the connection that has gone longest without an answer; whether there
    /// was one to close. A challenge that has come from it meanwhile is answered,
    /// and then the next one is looked at, each of them once at most.
    fn give_up_one(&mut self) -> bool {
        let mut ages: Vec<Age> = self.connections.iter().map(Connection::age).collect();
        let mut to_look_at = ages.len();
        while let Some(at) = longest_unserved(&ages, Instant::now()) {
            let connection = &mut self.connections[at];
            let fate = connection.advance(&self.responder, &mut self.last_answer);
            to_look_at = to_look_at.saturating_sub(1);
            if fate == Fate::Drop || connection.age() == ages[at] || to_look_at == 0 {
                self.connections.remove(at);
                return true;
            }
            ages[at] = connection.age();
        }
        false
    }

    /// Finish the answers in flight, and serve what has already arrived.
    fn say_farewell(&mut self) -> io::Result<()> {
        let end = Instant::now() + FAREWELL;
        self.accept_waiting();
        let everyone = vec![true; self.connections.len()];
        self.serve_ready(&everyone);
        loop {
            self.connections.retain(Connection::has_answer_in_flight);
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
