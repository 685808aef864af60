//! The table of checks, and their details below it.

use owo_colors::OwoColorize;
use rpctl::{Check, CheckId, Outcome};

use super::columns::{COLUMNS, Cells, fit, lay_out};
use super::text::wrapped;
use crate::render::style::{Page, glyph};
use crate::render::{sanitize, units};

const HEADER: [&str; COLUMNS] = ["CHECK", "OUTCOME", "EXPECTED", "ACTUAL", "TIME"];

/// Digits shown of a digest on a page with a width.
const DIGEST_DIGITS: usize = 12;

/// Returns the table with one row per check.
pub(super) fn checks(checks: &[Check], page: &Page) -> Vec<String> {
    let Page { width, styles, .. } = page;
    let mut rows: Vec<Cells> = checks
        .iter()
        .map(|check| cells(check, width.is_none()))
        .collect();
    let columns = width.map_or(COLUMNS, |width| fit(&mut rows, HEADER, width));
    lay_out(&HEADER[..columns], &rows, styles, |row| {
        (1, styles.outcome(checks[row].outcome))
    })
}

/// Returns the line of each check that adds words; skipped checks explain nothing.
pub(super) fn details(checks: &[Check], page: &Page) -> Vec<String> {
    checks
        .iter()
        .filter(|check| check.outcome != Outcome::Skip)
        .filter_map(|check| {
            let detail = sanitize::line(check.detail.as_deref()?);
            let line = format!("{} {}: {detail}", glyph(check.outcome), check.check.label());
            let line = wrapped(&line, page.width, "  ");
            Some(line.style(page.styles.outcome(check.outcome)).to_string())
        })
        .collect()
}

/// Returns the row of a check; `whole` keeps digests in full.
fn cells(check: &Check, whole: bool) -> Cells {
    let text = |text: &Option<String>| {
        let text = sanitize::line(text.as_deref().unwrap_or_default());
        match check.check {
            CheckId::StartTime => readable_time(&text),
            _ if whole => text,
            _ => short_digest(&text),
        }
    };
    let expected = text(&check.expected);
    let actual = if check.actual.is_some() && check.actual == check.expected {
        "same".to_owned()
    } else {
        text(&check.actual)
    };
    let time = if check.elapsed.as_micros() == 0 {
        String::new()
    } else {
        units::elapsed(check.elapsed)
    };
    [
        check.check.label().to_owned(),
        format!("{} {}", glyph(check.outcome), check.outcome.name()),
        expected,
        actual,
        time,
    ]
}

/// Returns `by 1767225600123` with the time as a date.
fn readable_time(text: &str) -> String {
    let (words, number) = text.rsplit_once(' ').unwrap_or(("", text));
    match number.parse().ok().and_then(units::moment) {
        Some(moment) => format!("{words} {moment}").trim_start().to_owned(),
        None => text.to_owned(),
    }
}

/// Shortens a digest to `sha256:` and its first digits.
fn short_digest(text: &str) -> String {
    match text.split_once(':') {
        Some((algorithm @ ("sha256" | "blake3"), digits)) if digits.len() > DIGEST_DIGITS => {
            let first: String = digits.chars().take(DIGEST_DIGITS).collect();
            format!("{algorithm}:{first}…")
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_shortened_to_its_first_twelve_digits() {
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
        assert_eq!(short_digest(&digest), "sha256:0123456789ab…");
        assert_eq!(short_digest("/a:b"), "/a:b");
    }

    #[test]
    fn a_start_time_is_shown_as_a_moment() {
        assert_eq!(
            readable_time("by 1767225600123"),
            "by 2026-01-01T00:00:00.123Z"
        );
        assert_eq!(readable_time("1767225600123"), "2026-01-01T00:00:00.123Z");
        assert_eq!(readable_time(""), "");
    }
}
