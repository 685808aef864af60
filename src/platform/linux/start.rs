//! The exact start of a process, as the initial time namespace counts it.
//!
//! The kernel adds the offset of the *reader's* time namespace to the start times that
//! `/proc` shows, see
//! [time_namespaces(7)](https://man7.org/linux/man-pages/man7/time_namespaces.7.html).

use std::io;

use rustix::io::Errno;
use rustix::time::ClockId;

use super::proc;
use super::process::PinnedProcess;
use crate::platform::types::StartTime;

/// The inode of the initial time namespace.
const INITIAL_NAMESPACE: u64 = 0xEFFF_FFFA;

const NS_PER_SECOND: i128 = 1_000_000_000;

impl PinnedProcess {
    /// Returns the start time of this process, of
    /// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html);
    /// `None` if the time namespace of the caller hides it.
    pub(crate) fn start(&self) -> io::Result<Option<StartTime>> {
        let shown = proc::start_ticks(&self.read("stat")?)?;
        let ticks_per_second = ticks_per_second();
        Ok(boottime_offset_ns()
            .and_then(|offset| initial_ticks(shown, offset, ticks_per_second))
            .map(|ticks| StartTime {
                ticks,
                ticks_per_second,
            }))
    }
}

/// Returns the present time in the units of a start time; `None` if the time namespace of
/// the caller hides it.
pub(crate) fn ticks_now() -> Option<u64> {
    let now = nanoseconds(ClockId::Boottime) - boottime_offset_ns()?;
    u64::try_from(now / tick_ns(ticks_per_second())).ok()
}

/// Returns when this boot began, in milliseconds since the Unix epoch, by the present
/// difference of the clocks of
/// [clock_gettime(2)](https://man7.org/linux/man-pages/man2/clock_gettime.2.html); `None` if
/// the time namespace of the caller hides it.
pub(crate) fn boot_began_unix_ms() -> Option<u64> {
    let since_boot = nanoseconds(ClockId::Boottime) - boottime_offset_ns()?;
    u64::try_from((nanoseconds(ClockId::Realtime) - since_boot) / 1_000_000).ok()
}

/// Returns how far the time since boot is ahead in the time namespace of this process.
/// `None` if the kernel does not tell: it shows the offsets of the namespace that children
/// get.
fn boottime_offset_ns() -> Option<i128> {
    let namespace = |name| rustix::fs::stat(format!("/proc/self/ns/{name}")).map(|at| at.st_ino);
    let ours = match namespace("time") {
        // A kernel without time namespaces has no file for them.
        Ok(INITIAL_NAMESPACE) | Err(Errno::NOENT) => return Some(0),
        Ok(ours) => ours,
        Err(_) => return None,
    };
    if namespace("time_for_children") != Ok(ours) {
        return None;
    }
    offset_in(&std::fs::read_to_string("/proc/self/timens_offsets").ok()?)
}

/// Returns the offset of the clock in the text of `/proc/self/timens_offsets`.
fn offset_in(offsets: &str) -> Option<i128> {
    let line = offsets
        .lines()
        .find_map(|line| line.strip_prefix("boottime"))?;
    let mut numbers = line.split_ascii_whitespace().map(str::parse::<i128>);
    let (seconds, nanoseconds) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(seconds * NS_PER_SECOND + nanoseconds)
}

/// Returns a start time without the offset that the kernel has added; `None` if rounding
/// has hidden the tick.
fn initial_ticks(shown: u64, offset_ns: i128, ticks_per_second: u32) -> Option<u64> {
    let tick = tick_ns(ticks_per_second);
    (offset_ns % tick == 0)
        .then(|| u64::try_from(i128::from(shown) - offset_ns / tick).ok())
        .flatten()
}

fn ticks_per_second() -> u32 {
    u32::try_from(rustix::param::clock_ticks_per_second()).map_or(100, |ticks| ticks.max(1))
}

fn tick_ns(ticks_per_second: u32) -> i128 {
    NS_PER_SECOND / i128::from(ticks_per_second)
}

fn nanoseconds(clock: ClockId) -> i128 {
    let time = rustix::time::clock_gettime(clock);
    i128::from(time.tv_sec) * NS_PER_SECOND + i128::from(time.tv_nsec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_of_whole_ticks_is_taken_away() {
        let offset =
            offset_in("monotonic           5         0\nboottime          -70  20000000\n");
        assert_eq!(offset, Some(-69_980_000_000));
        assert_eq!(initial_ticks(1_000, -69_980_000_000, 100), Some(7_998));
        assert_eq!(initial_ticks(9_000, 50_000_000_000, 100), Some(4_000));
    }

    #[test]
    fn an_offset_within_a_tick_hides_the_start() {
        assert_eq!(initial_ticks(1_000, 5, 100), None);
        assert_eq!(initial_ticks(1_000, -9_999_999, 100), None);
    }

    #[test]
    fn a_time_before_boot_is_none() {
        assert_eq!(initial_ticks(10, NS_PER_SECOND, 100), None);
    }
}
