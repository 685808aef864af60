//! Durations, sizes and dates as people read them.

use std::time::Duration;

use jiff::Timestamp;

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

/// Formats a duration in seconds, in at most two units: `45s`, `10m`, `30d`.
pub(crate) fn seconds(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let mut left = seconds;
    let parts: Vec<String> = UNITS
        .iter()
        .filter_map(|(length, unit)| {
            let count = left / length;
            left %= length;
            (count > 0).then(|| format!("{count}{unit}"))
        })
        .take(2)
        .collect();
    if parts.is_empty() {
        "0s".to_owned()
    } else {
        parts.join(" ")
    }
}

/// Formats a time in Unix milliseconds as a date, to the millisecond.
pub(crate) fn moment(unix_ms: u64) -> Option<String> {
    Some(format!("{:.3}", timestamp(unix_ms)?))
}

/// Returns the time `unix_ms` milliseconds after the Unix epoch.
pub(crate) fn timestamp(unix_ms: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(unix_ms).ok()?).ok()
}

/// Formats a time in Unix milliseconds as a date, with its distance from `now`.
pub(crate) fn moment_and_age(unix_ms: u64, now: Timestamp) -> Option<String> {
    let moment = timestamp(unix_ms)?;
    let distance = now.duration_since(moment);
    let length = seconds(distance.unsigned_abs().as_secs());
    let age = if distance.is_negative() {
        format!("in {length}")
    } else {
        format!("{length} ago")
    };
    Some(format!("{moment:.3} ({age})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_times_and_moments_read_naturally() {
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(5 << 30), "5.0 GiB");
        assert_eq!(bytes(u64::MAX), "16.0 EiB");
        assert_eq!(seconds(2_592_000), "30d");
        assert_eq!(seconds(3_661), "1h 1m");
        assert_eq!(seconds(0), "0s");
        assert_eq!(elapsed(Duration::from_micros(2_140)), "2.1 ms");
        let now = Timestamp::from_second(1_767_225_660).unwrap();
        assert_eq!(
            moment_and_age(1_767_225_600_123, now).unwrap(),
            "2026-01-01T00:00:00.123Z (59s ago)"
        );
        assert_eq!(moment_and_age(u64::MAX, now), None);
    }
}
