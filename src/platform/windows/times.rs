//! Times as Windows counts them: steps of 100 ns since 1601.

use std::time::{SystemTime, UNIX_EPOCH};

/// The steps in a second.
pub(super) const STEPS_PER_SECOND: u32 = 10_000_000;

/// The steps from 1601 to 1970.
const TO_UNIX_EPOCH: u64 = 116_444_736_000_000_000;

/// Returns a time in milliseconds since the Unix epoch.
pub(super) fn unix_ms(steps: u64) -> u64 {
    steps.saturating_sub(TO_UNIX_EPOCH) / 10_000
}

/// Returns a time in nanoseconds since the Unix epoch.
pub(super) fn unix_ns(steps: i64) -> i128 {
    (i128::from(steps) - i128::from(TO_UNIX_EPOCH)) * 100
}

/// Returns the present time.
pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let steps = since.map_or(0, |since| since.as_nanos() / 100);
    TO_UNIX_EPOCH.saturating_add(u64::try_from(steps).unwrap_or(u64::MAX))
}

/// Returns when this boot began, in milliseconds since the Unix epoch.
pub(crate) fn boot_began_unix_ms() -> Option<u64> {
    let now = unix_ms(now());
    now.checked_sub(super::sys::system::up_ms())
}

/// Returns the nanoseconds since boot, including suspended time.
pub(crate) fn since_boot_ns() -> i64 {
    i64::try_from(super::sys::system::up_ms())
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000_000)
}
