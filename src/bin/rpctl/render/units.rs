//! Durations, sizes and dates as people read them.

use std::time::Duration;

use jiff::Timestamp;

use super::style::Page;

/// Returns a duration in whole microseconds.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Formats a short duration: `41 µs`, `2.1 ms`, `1.50 s`.
pub(crate) fn elapsed(time: Duration) -> String {
    let micros = time.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..1_000_000 => format!("{:.1} ms", time.as_secs_f64() * 1e3),
        _ => format!("{:.2} s", time.as_secs_f64()),
    }
}

/// Formats a duration that the caller has chosen: `2 s`, `500 ms`, `1 min 30 s`.
pub(crate) fn chosen(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (seconds, 0) if time.subsec_nanos() == 0 => age(seconds),
        (0, millis) if time.subsec_nanos() == millis * 1_000_000 => format!("{millis} ms"),
        _ => elapsed(time),
    }
}

/// Formats a size in bytes: `512 B`, `1.0 KiB`, `5.0 GiB`.
pub(crate) fn bytes(size: u64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let power = size.checked_ilog2().map_or(0, |bits| bits as usize / 10);
    if power == 0 {
        return format!("{size} B");
    }
    // Three significant digits are all that is shown.
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let scaled = size as f64 / (1_u64 << (10 * power)) as f64;
    format!("{scaled:.1} {}", UNITS[power])
}

/// Formats a long time in at most two units: `45 s`, `3 h 12 min`, `2 days 4 h`.
pub(crate) fn age(seconds: u64) -> String {
    age_in(seconds, 2)
}

/// Formats a long time in at most this number of units.
pub(crate) fn age_in(seconds: u64, units: usize) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let count = |number: u64, unit: &str| (number > 0).then(|| format!("{number} {unit}"));
    let parts = match (days, hours, minutes) {
        (1.., ..) => [
            count(days, if days == 1 { "day" } else { "days" }),
            count(hours, "h"),
        ],
        (_, 1.., _) => [count(hours, "h"), count(minutes, "min")],
        (_, _, 1..) => [count(minutes, "min"), count(seconds % 60, "s")],
        _ => [Some(format!("{seconds} s")), None],
    };
    let parts: Vec<String> = parts.into_iter().flatten().take(units).collect();
    parts.join(" ")
}

/// Formats a time in Unix milliseconds for the reader, to the millisecond: as a date, or as a
/// time of today.
pub(crate) fn local_moment(unix_ms: u64, page: &Page) -> Option<String> {
    let moment = timestamp(unix_ms)?.to_zoned_datetime(page.zone.clone());
    let today = page.now.to_zoned_datetime(page.zone.clone()).date();
    let format = if moment.date() == today {
        "%T%.3f"
    } else {
        "%F %T%.3f"
    };
    Some(moment.strftime(format).to_string())
}

/// Formats a time in Unix milliseconds as a date in UTC, to the millisecond.
pub(crate) fn moment(unix_ms: u64) -> Option<String> {
    Some(format!("{:.3}", timestamp(unix_ms)?))
}

/// Returns the time `unix_ms` milliseconds after the Unix epoch.
pub(crate) fn timestamp(unix_ms: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(unix_ms).ok()?).ok()
}

/// Formats a time in Unix milliseconds as a date in the time zone of the reader, with its
/// distance from now.
pub(crate) fn moment_and_age(unix_ms: u64, page: &Page) -> Option<String> {
    let moment = timestamp(unix_ms)?;
    let distance = page.now.duration_since(moment);
    let moment = moment.to_zoned_datetime(page.zone.clone());
    let moment = moment.strftime("%F %T%.3f");
    let length = age(distance.unsigned_abs().as_secs());
    Some(if distance.is_negative() {
        format!("{moment} (in {length})")
    } else {
        format!("{moment} ({length} ago)")
    })
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn sizes_times_and_moments_read_naturally() {
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(5 << 30), "5.0 GiB");
        assert_eq!(bytes(u64::MAX), "16.0 EiB");
        assert_eq!(elapsed(Duration::from_micros(2_140)), "2.1 ms");
        for (millis, shown) in [(500, "500 ms"), (2_000, "2 s"), (1_500, "1.50 s")] {
            assert_eq!(chosen(Duration::from_millis(millis)), shown);
        }
        for (length, shown) in [
            (0, "0 s"),
            (45, "45 s"),
            (725, "12 min 5 s"),
            (11_520, "3 h 12 min"),
            (86_400, "1 day"),
            (187_200, "2 days 4 h"),
        ] {
            assert_eq!(age(length), shown);
        }
        let page = Page {
            now: Timestamp::from_second(1_767_225_660).unwrap(),
            zone: TimeZone::posix("CET-1").unwrap(),
            ..Page::plain(80)
        };
        assert_eq!(
            moment_and_age(1_767_225_600_123, &page).unwrap(),
            "2026-01-01 01:00:00.123 (59 s ago)"
        );
        assert_eq!(moment_and_age(u64::MAX, &page), None);
        let shown = |unix_ms| local_moment(unix_ms, &page).unwrap();
        assert_eq!(shown(1_767_225_600_123), "01:00:00.123");
        assert_eq!(shown(1_767_220_000_000), "2025-12-31 23:26:40.000");
    }
}
