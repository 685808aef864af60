//! A small server of challenges: one thread, with limits that hold whatever its clients
//! do.

use std::io;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::eviction::{Age, GRACE, longest_unserved};
use super::{Limits, ProbeResponder};
use crate::endpoint::{Listener, Stream};
use crate::platform::{self, AsWaitable, Interest, Waitable, waitable};

/// The reason why a [`Server`] stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The descriptor `stop` became readable.
    Asked,
    /// No challenge was answered for the idle time.
    Idle,
}

/// A server that answers challenges on one listener, in the calling thread.
#[derive(Debug)]
pub struct Server {
    listener: Listener,
    responder: ProbeResponder,
    limits: Limits,
    /// In the order in which they were made.
    connections: Vec<Connection>,
    last_answer: Instant,
    /// Time before which no client is accepted.
    accept_again: Option<Instant>,
}

/// Time for the answers in flight when the server stops.
const FINISH_TIMEOUT: Duration = Duration::from_millis(50);

/// Accepts per loop iteration. During a flood the queue holds thousands of clients; this
/// must be large enough to reach an honest one within a few iterations.
const ACCEPTED_PER_TURN: usize = 512;

/// Pause before accepting again if the process has no descriptor left and no connection
/// to close for one: the waiting client keeps the listener ready. The only connection, if
/// there is one, is out of its grace afterwards.
const NO_DESCRIPTOR_PAUSE: Duration = GRACE;

impl Server {
    /// Makes a server of `responder` on `listener`.
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

    /// Serves until `stop` is readable, or until no challenge was answered for
    /// `idle_timeout`. Answers in flight are finished, for at most 50 ms; then the listener
    /// is dropped, and its socket file removed.
    ///
    /// # Errors
    ///
    /// The error of the system if listening or waiting fails. No client can cause an
    /// error.
    pub fn run(
        mut self,
        stop: impl AsWaitable,
        idle_timeout: Option<Duration>,
    ) -> io::Result<StopReason> {
        platform::limit_queue(self.listener.descriptor(), self.limits.waiting.max(1))?;
        self.last_answer = Instant::now();
        let reason = loop {
            let timeout = self.time_to_wait(idle_timeout);
            let ready = self.wait(Some(waitable(&stop)), timeout)?;
            if ready.stop {
                break StopReason::Asked;
            }
            self.serve_ready(&ready.connections);
            if ready.listener {
                self.accept_waiting();
            }
            // After serving: a challenge that arrived in time has been answered.
            if idle_timeout.is_some_and(|idle| self.last_answer.elapsed() >= idle) {
                break StopReason::Idle;
            }
        };
        self.finish_answers()?;
        Ok(reason)
    }

    /// Closes expired connections. Returns the time until the next event is due.
    fn time_to_wait(&mut self, idle_timeout: Option<Duration>) -> Option<Duration> {
        let now = Instant::now();
        self.connections
            .retain(|connection| connection.expires.is_none_or(|moment| moment > now));
        self.accept_again = self.accept_again.filter(|&moment| moment > now);
        let idle = idle_timeout.and_then(|idle| self.last_answer.checked_add(idle));
        let expiry = self.connections.iter().filter_map(|one| one.expires);
        expiry
            .chain(idle)
            .chain(self.accept_again)
            .min()
            .map(|moment| moment.saturating_duration_since(now))
    }

    fn wait(&self, stop: Option<Waitable<'_>>, timeout: Option<Duration>) -> io::Result<Ready> {
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

    /// Advances every ready connection.
    fn serve_ready(&mut self, ready: &[bool]) {
        let before = self.connections.len();
        let mut ready = ready.iter();
        let responder = &self.responder;
        let last_answer = &mut self.last_answer;
        self.connections.retain_mut(|connection| {
            let is_ready = ready.next().copied().unwrap_or(false);
            !is_ready || connection.advance(responder, last_answer).is_continue()
        });
        if self.connections.len() < before {
            self.accept_again = None;
        }
    }

    /// Accepts waiting clients. A challenge that has arrived already is answered at once,
    /// before the client can be evicted for a later one.
    fn accept_waiting(&mut self) {
        for _ in 0..ACCEPTED_PER_TURN {
            match self.listener.accept() {
                Ok(stream) => self.admit(stream),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if platform::is_out_of_descriptors(&error) => {
                    // The kernel reports this even if no client waits.
                    if !self.a_client_waits() {
                        return;
                    }
                    if !self.evict_one() {
                        self.accept_again = Some(Instant::now() + NO_DESCRIPTOR_PAUSE);
                        return;
                    }
                }
                // One client has left before it was accepted.
                Err(_) => {}
            }
        }
    }

    fn admit(&mut self, stream: Stream) {
        let mut connection = Connection::new(stream, &self.limits);
        let advanced = connection.advance(&self.responder, &mut self.last_answer);
        if advanced.is_continue() {
            self.connections.push(connection);
            let limit = self.limits.connections.clamp(1, platform::MAX_CONNECTIONS);
            while self.connections.len() > limit && self.evict_one() {}
        }
    }

    fn a_client_waits(&self) -> bool {
        let listener = [Interest::readable(self.listener.descriptor())];
        let ready = platform::wait_any(&listener, Some(Duration::ZERO));
        ready.is_ok_and(|ready| ready.contains(&true))
    }

    /// Closes the connection that has been without an answer for the longest time. Returns
    /// whether there was one to close. If a challenge has arrived on it, that is answered
    /// and the next connection considered, each of them once at most.
    fn evict_one(&mut self) -> bool {
        let mut ages: Vec<Age> = self.connections.iter().map(|one| one.age).collect();
        let mut left_to_consider = ages.len();
        while let Some(at) = longest_unserved(&ages, Instant::now()) {
            let connection = &mut self.connections[at];
            let advanced = connection.advance(&self.responder, &mut self.last_answer);
            left_to_consider = left_to_consider.saturating_sub(1);
            if advanced.is_break() || connection.age == ages[at] || left_to_consider == 0 {
                self.connections.remove(at);
                return true;
            }
            ages[at] = connection.age;
        }
        false
    }

    /// Serves the challenges that have already arrived, and finishes the answers in
    /// flight.
    fn finish_answers(&mut self) -> io::Result<()> {
        let end = Instant::now() + FINISH_TIMEOUT;
        self.accept_waiting();
        let all = vec![true; self.connections.len()];
        self.serve_ready(&all);
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

/// The descriptors that are ready after a wait.
struct Ready {
    stop: bool,
    listener: bool,
    connections: Vec<bool>,
}
