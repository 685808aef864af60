//! The limits of time of a command, so that no hint offers what was tried.

use std::time::Duration;

/// The limits that the caller has chosen, so that no hint offers what was tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Time for the endpoint.
    pub(crate) timeout: Duration,
    pub(crate) hash_timeout: Duration,
    /// Time for the daemon to come up; `None` if it was not awaited.
    pub(crate) wait: Option<Duration>,
}

impl Limits {
    /// Returns the limits of a command that does not wait for the daemon to come up.
    pub(crate) fn new(timeout: Duration, hash_timeout: Duration) -> Self {
        Self {
            timeout,
            hash_timeout,
            wait: None,
        }
    }
}

/// Returns a time for a command line that is clearly longer than `given`, and at least
/// `least`.
pub(super) fn more_than(given: Duration, least: Duration) -> String {
    let longer = given.saturating_mul(4).max(least);
    match longer.as_secs() + u64::from(longer.subsec_nanos() > 0) {
        seconds if seconds >= 60 => format!("{}m", seconds.div_ceil(60)),
        seconds => format!("{seconds}s"),
    }
}
