//! Evidence with the time that it took.

use std::time::{Duration, Instant};

/// A piece of evidence and the time it took.
#[derive(Debug)]
pub(crate) struct Timed<T> {
    pub(crate) value: T,
    pub(crate) elapsed: Duration,
}

impl<T> Timed<T> {
    /// Does `work` and measures how long it takes.
    pub(crate) fn of(work: impl FnOnce() -> T) -> Self {
        let started = Instant::now();
        let value = work();
        Self {
            value,
            elapsed: started.elapsed(),
        }
    }

    pub(crate) fn instantly(value: T) -> Self {
        Self {
            value,
            elapsed: Duration::ZERO,
        }
    }

    /// Converts the value; the time stays the one it took to get it.
    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Timed<U> {
        Timed {
            value: convert(self.value),
            elapsed: self.elapsed,
        }
    }
}

impl<T, U> Timed<(T, U)> {
    /// Separates the evidence from a value that is none.
    pub(crate) fn unzip(self) -> (Timed<T>, U) {
        let (value, other) = self.value;
        let elapsed = self.elapsed;
        (Timed { value, elapsed }, other)
    }
}
