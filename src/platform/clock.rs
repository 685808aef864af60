//! The wall clock, and the time of the boot.

use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the wall-clock time in milliseconds since the Unix epoch.
#[must_use]
pub fn unix_now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}

/// Returns the wall-clock time in nanoseconds since the Unix epoch; 0 outside the years
/// 1970 to 2262.
pub(crate) fn unix_now_ns() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| i64::try_from(now.as_nanos()).unwrap_or(0))
}

/// The moments between which a record of this boot was made, by the clocks as they stand
/// now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    /// The begin of this boot, in milliseconds since the Unix epoch.
    boot_ms: u64,
    /// Now, in milliseconds since the Unix epoch.
    now_ms: u64,
}

impl Clocks {
    /// Tolerance in milliseconds: clocks are adjusted while they run.
    const TOLERANCE_MS: u64 = 2000;

    /// Reads both clocks: CLOCK_REALTIME and CLOCK_BOOTTIME of
    /// [clock_gettime(2)](https://man7.org/linux/man-pages/man2/clock_gettime.2.html).
    pub(crate) fn read() -> Self {
        let up_ms = u64::try_from(super::since_boot_ns() / 1_000_000).unwrap_or(0);
        let now_ms = unix_now_ms();
        Self {
            boot_ms: now_ms.saturating_sub(up_ms),
            now_ms,
        }
    }

    /// Returns when this boot began, in milliseconds since the Unix epoch.
    pub(crate) fn boot_ms(self) -> u64 {
        self.boot_ms
    }

    /// Returns whether a recorded time lies before this boot. An absent time is 0, which
    /// is no time.
    pub(crate) fn is_before_boot(self, unix_ms: u64) -> bool {
        unix_ms != 0 && unix_ms.saturating_add(Self::TOLERANCE_MS) < self.boot_ms
    }

    /// Returns whether a recorded time lies in the future.
    pub(crate) fn is_future(self, unix_ms: u64) -> bool {
        unix_ms > self.now_ms.saturating_add(Self::TOLERANCE_MS)
    }

    /// Returns whether a recorded time can be one of this boot.
    pub(crate) fn admit(self, unix_ms: u64) -> bool {
        unix_ms != 0 && !self.is_before_boot(unix_ms) && !self.is_future(unix_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_this_boot_lies_between_its_begin_and_now() {
        let clocks = Clocks {
            boot_ms: 100_000,
            now_ms: 200_000,
        };
        for time in [98_000, 100_000, 202_000] {
            assert!(clocks.admit(time), "{time}");
        }
        for time in [0, 1, 97_999, 202_001, u64::MAX] {
            assert!(!clocks.admit(time), "{time}");
        }
        assert!(clocks.is_before_boot(1) && !clocks.is_before_boot(0));
        assert!(clocks.admit(clocks.now_ms) && Clocks::read().admit(unix_now_ms()));
    }
}
