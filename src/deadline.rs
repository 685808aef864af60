//! One time budget for all waits of an operation.

use std::time::{Duration, Instant};

/// A point in time by which an operation must have ended.
///
/// The clock is monotonic, so setting the wall clock does not move the deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    /// `None` if the deadline is beyond the range of the clock.
    at: Option<Instant>,
}

impl Deadline {
    /// Returns the deadline that is `budget` from now.
    #[must_use]
    pub(crate) fn after(budget: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            at: started.checked_add(budget),
        }
    }

    /// Returns the time that is left; zero after the deadline.
    #[must_use]
    pub(crate) fn remaining(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// Returns whether no time is left.
    #[must_use]
    pub(crate) fn has_passed(&self) -> bool {
        self.remaining().is_zero()
    }

    /// Returns the time since the budget was granted.
    #[must_use]
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_budget_has_passed_at_once() {
        assert!(Deadline::after(Duration::ZERO).has_passed());
    }

    #[test]
    fn a_budget_beyond_the_clock_never_passes() {
        assert!(!Deadline::after(Duration::MAX).has_passed());
    }
}
