//! When a PID file was written, and whether a process is older.

use crate::platform::{self, Clocks, FileStat};

/// Tolerance in milliseconds for a process that writes its file at once: a tick, by which the
/// clock of file systems may be behind, and what is lost by rounding.
const TICK_MS: u64 = 12;

/// The lateness in milliseconds up to which a process may have written the file all the same.
/// The hardware tells whole seconds, so that the clock is often set by a part of one soon
/// after boot, when daemons have been started.
const CLOCK_ERROR_MS: u64 = 900;

/// Tolerance in milliseconds for the begin of the boot: clocks are adjusted while they run.
const BOOT_ERROR_MS: u64 = 2000;

/// The times of a PID file, and those that they are compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FileTimes {
    /// The change of content and the change of attributes, in milliseconds since the Unix
    /// epoch; `None` without a file.
    file: Option<(u64, u64)>,
    clocks: Clocks,
    /// When this boot began, in milliseconds since the Unix epoch; `None` if the time
    /// namespace of this process hides it.
    boot_began: Option<u64>,
}

/// When a PID file was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// There is no file.
    Unknown,
    /// Before this boot, and it was put in its place since: it was restored from a backup, say.
    Restored,
    /// Before this boot, by the clocks.
    EarlierBoot,
    /// In the future.
    Future,
    /// In this boot, in milliseconds since the Unix epoch.
    ThisBoot(u64),
}

/// The start of a process in relation to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartOrder {
    Before,
    /// After it by so little that the clock may have been set.
    Close,
    After,
}

impl FileTimes {
    pub(crate) fn new(file: Option<&FileStat>) -> Self {
        let milliseconds = |ns: i128| u64::try_from(ns / 1_000_000).unwrap_or(0);
        Self {
            file: file.map(|file| {
                (
                    milliseconds(file.modified_ns),
                    milliseconds(file.changed_ns),
                )
            }),
            clocks: Clocks::read(),
            boot_began: platform::boot_began_unix_ms(),
        }
    }

    /// Returns when the file was written: the earlier of both times, because the time of the
    /// content can be set, and that of the attributes changes when the file is moved.
    pub(crate) fn written(&self) -> Written {
        let Some((modified, changed)) = self.file else {
            return Written::Unknown;
        };
        let earlier = modified.min(changed);
        let is_before_boot = |time: u64| {
            let began = self.boot_began;
            began.is_some_and(|began| time.saturating_add(BOOT_ERROR_MS) < began)
        };
        if is_before_boot(changed) {
            Written::EarlierBoot
        } else if is_before_boot(earlier) {
            Written::Restored
        } else if self.clocks.is_future(earlier) {
            Written::Future
        } else {
            Written::ThisBoot(earlier)
        }
    }

    /// Compares the start of a process with the time of the file; `None` if that is no
    /// evidence.
    pub(crate) fn order(&self, started: u64) -> Option<StartOrder> {
        match self.written() {
            Written::ThisBoot(written) => Some(order(started, written)),
            _ => None,
        }
    }

    /// Returns whether the file is older than `began`, in milliseconds since the Unix epoch.
    pub(crate) fn is_older_than(&self, began: u64) -> bool {
        let earlier = self.file.map(|(modified, changed)| modified.min(changed));
        earlier.is_some_and(|earlier| earlier.saturating_add(TICK_MS) < began)
    }
}

fn order(started: u64, written: u64) -> StartOrder {
    match started.saturating_sub(written) {
        0..=TICK_MS => StartOrder::Before,
        late if late <= CLOCK_ERROR_MS => StartOrder::Close,
        _ => StartOrder::After,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    /// Returns the time of a file with these times, if this boot began an hour ago.
    fn written(modified: impl Fn(u64) -> u64, changed: impl Fn(u64) -> u64) -> (Written, u64) {
        let now = platform::unix_now_ms();
        let times = FileTimes {
            file: Some((modified(now), changed(now))),
            clocks: Clocks::read(),
            boot_began: Some(now - HOUR),
        };
        (times.written(), now)
    }

    #[test]
    fn the_earlier_time_counts() {
        let (found, now) = written(|now| now - 5000, |now| now - 4000);
        assert_eq!(found, Written::ThisBoot(now - 5000));
        // Touched with a time in the future, and moved.
        let (found, now) = written(|now| now + HOUR, |now| now - 4000);
        assert_eq!(found, Written::ThisBoot(now - 4000));
    }

    #[test]
    fn a_file_of_another_boot_is_told_from_a_restored_one() {
        let old = |now: u64| now - 2 * HOUR;
        assert_eq!(written(old, old).0, Written::EarlierBoot);
        assert_eq!(written(old, |now| now).0, Written::Restored);
        assert_eq!(written(|_| 0, |now| now).0, Written::Restored);
    }

    #[test]
    fn a_time_in_the_future_is_no_evidence() {
        let future = |now: u64| now + HOUR;
        assert_eq!(written(future, future).0, Written::Future);
    }

    #[test]
    fn without_the_begin_of_the_boot_no_file_is_older() {
        let times = FileTimes {
            file: Some((7, 7)),
            clocks: Clocks::read(),
            boot_began: None,
        };
        assert_eq!(times.written(), Written::ThisBoot(7));
    }

    #[test]
    fn a_process_is_older_up_to_a_tick_and_younger_after_a_second() {
        for (late, expected) in [
            (0, StartOrder::Before),
            (12, StartOrder::Before),
            (13, StartOrder::Close),
            (900, StartOrder::Close),
            (901, StartOrder::After),
        ] {
            assert_eq!(order(10_000 + late, 10_000), expected, "{late}");
        }
        assert_eq!(order(5_000, 10_000), StartOrder::Before);
    }
}
