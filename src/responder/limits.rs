//! Limits on the resources of a server.

use std::time::Duration;

/// Limits on the resources that the clients of a [`Server`](super::Server) can take.
///
/// Later releases can add limits: end a literal with `..Limits::default()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum number of open connections, at least one. Beyond it, or if the process has
    /// no descriptor left, the connection that has been without an answer for the longest
    /// time is closed; one made in the last 50 ms only if there is no other.
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
