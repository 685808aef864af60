//! One time budget, handed down through every wait of an operation.

use std::time::{Duration, Instant};

/// A point in time by which an operation must have ended.
///
/// Measured on the monotonic clock, so a stepped wall clock changes nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    started: Instant,
    /// `None`: so far away that the clock cannot express it.
    at: Option<Instant>,
}

impl Deadline {
    /// A deadline `budget` from now.
    #[must_use]
    pub(crate) fn after(budget: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            at: started.checked_add(budget),
        }
    }

    /// Time left; zero once the deadline has passed.
    #[must_use]
    pub(crate) fn remaining(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        })
    }

    /// Whether no time is left.
    #[must_use]
    pub(crate) fn has_passed(&self) -> bool {
        self.remaining().is_zero()
    }

    /// Time spent since the budget was granted.
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
