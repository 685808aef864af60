//! The key of a digest: a content of a file, and an algorithm; and its age by two
//! clocks, of which one cannot be set.

use std::fs::File;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::identity::DigestAlgorithm;
use crate::platform::{self, FileStat};

/// The minimum age of a change, in nanoseconds, beyond which a later change has
/// another time: far more than the tick of any supported file system.
const SETTLED_NS: i64 = 2_000_000_000;

/// A content of a file, as far as the kernel identifies it, and an algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct ImageKey {
    /// ID of the mount, which no later mount gets, if the kernel reports one. Device
    /// numbers are used again.
    mount: Option<u64>,
    device: u64,
    inode: u128,
    size: u64,
    modified_ns: i64,
    changed_ns: i64,
    algorithm: DigestAlgorithm,
}

impl ImageKey {
    /// Returns the key of an opened file; `None` if its change time may fail to
    /// reveal a change.
    pub(super) fn new(file: &File, stat: FileStat, algorithm: DigestAlgorithm) -> Option<Self> {
        platform::ctime_is_reliable(file, stat.id.device).then_some(Self {
            mount: platform::mount_id(file),
            device: stat.id.device,
            inode: stat.id.inode,
            size: stat.size,
            modified_ns: i64::try_from(stat.modified_ns).ok()?,
            changed_ns: i64::try_from(stat.changed_ns).ok()?,
            algorithm,
        })
    }

    /// Returns whether a change after `unix_ns` has another change time.
    pub(super) fn is_settled(&self, unix_ns: i64) -> bool {
        unix_ns.saturating_sub(self.changed_ns) >= SETTLED_NS
    }
}

/// The largest difference, in nanoseconds, that a correction of the wall clock makes.
const CORRECTION_NS: i64 = 1_000_000_000;

/// The largest rate at which the wall clock is slewed: one part in this many.
const SLEWED_ONE_IN: i64 = 1_000;

/// A moment on two clocks, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// Time since the Unix epoch.
    pub(super) unix_ns: i64,
    /// Time since boot, including suspended time.
    boot_ns: i64,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self {
            unix_ns: platform::unix_now_ns(),
            boot_ns: platform::since_boot_ns(),
        }
    }

    /// Returns the time from this moment to a later one; `None` if the clocks disagree
    /// about it, because the wall clock was set.
    pub(super) fn age(self, later: Self) -> Option<Duration> {
        let by_boot = later.boot_ns.checked_sub(self.boot_ns)?;
        let by_wall = later.unix_ns.checked_sub(self.unix_ns)?;
        let tolerance = CORRECTION_NS + by_boot / SLEWED_ONE_IN;
        let age = Duration::from_nanos(u64::try_from(by_boot).ok()?);
        (by_wall.checked_sub(by_boot)?.abs() <= tolerance).then_some(age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn moment(unix_s: i64, boot_s: i64) -> Moment {
        Moment {
            unix_ns: unix_s * SECOND,
            boot_ns: boot_s * SECOND,
        }
    }

    #[test]
    fn an_age_counts_only_if_both_clocks_agree() {
        let start = moment(1_000_000, 100);
        let seconds = Duration::from_secs;
        assert_eq!(start.age(moment(1_000_060, 160)), Some(seconds(60)));
        assert_eq!(start.age(moment(1_000_061, 160)), Some(seconds(60)));
        // A day later, a slewed clock may be off by a minute and a half.
        assert_eq!(start.age(moment(1_086_480, 86_500)), Some(seconds(86_400)));
        for set in [
            moment(1_000_062, 160),
            moment(1_000_058, 160),
            moment(999_998, 100),
            moment(1_000_060, 99),
        ] {
            assert_eq!(start.age(set), None, "{set:?}");
        }
    }
}
