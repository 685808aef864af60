//! The table of checks, and their details below it.

use owo_colors::OwoColorize;
use rpctl::{Check, CheckId, Outcome};

use super::columns::{Column, Cut, Rows, fit, lay_out};
use super::text::wrapped;
use crate::render::style::{Page, glyph};
use crate::render::{sanitize, units};

/// The least width of a value.
const LEAST: usize = 16;

/// What a process is matters more than what it should be: the record says that.
const COLUMNS: [Column; 5] = [
    Column::whole("CHECK", 0),
    Column::whole("OUTCOME", 0),
    Column::shortened("EXPECTED", LEAST, Cut::BothEnds, 2),
    Column::shortened("ACTUAL", LEAST, Cut::BothEnds, 1),
    Column::whole("TIME", 3),
];

const EXPECTED: usize = 2;
const ACTUAL: usize = 3;

/// Digits shown of a digest on a page with a width.
const DIGEST_DIGITS: usize = 12;

/// The table of checks, fitted to a page.
pub(super) struct CheckTable<'a> {
    checks: &'a [Check],
    page: &'a Page,
    columns: Vec<Column>,
    rows: Rows,
}

impl<'a> CheckTable<'a> {
    pub(super) fn new(checks: &'a [Check], page: &'a Page) -> Self {
        let cells = |says_same| -> Rows {
            let cells = |check| cells(check, page, says_same);
            checks.iter().map(cells).collect()
        };
        let mut rows = cells(true);
        let mut columns = fit(&COLUMNS, &mut rows, page.width);
        let has = |columns: &[Column], at: usize| {
            columns.iter().any(|it| it.header == COLUMNS[at].header)
        };
        if !has(&columns, EXPECTED) && has(&columns, ACTUAL) {
            // Nothing is there to be the same as.
            rows = cells(false);
            for row in &mut rows {
                row.remove(EXPECTED);
            }
            let without = [COLUMNS[0], COLUMNS[1], COLUMNS[ACTUAL], COLUMNS[4]];
            columns = fit(&without, &mut rows, page.width);
        }
        Self {
            checks,
            page,
            columns,
            rows,
        }
    }

    /// Returns the lines with one row per check.
    pub(super) fn lines(&self) -> Vec<String> {
        let styles = &self.page.styles;
        let paint = |row: usize| styles.outcome(self.checks[row].outcome);
        lay_out(&self.columns, self.rows.clone(), styles, 1, paint).collect()
    }

    /// Returns the line of each check that adds words, or that failed with a value for which the
    /// table has no room; skipped checks explain nothing.
    pub(super) fn details(&self) -> Vec<String> {
        let rows = self.checks.iter().zip(&self.rows);
        let told = rows.filter(|(check, _)| check.outcome != Outcome::Skip);
        told.filter_map(|(check, row)| {
            let detail = check.detail.as_deref().map(sanitize::line);
            let found = self.lost(check, row);
            let told: Vec<String> = detail.into_iter().chain(found).collect();
            if told.is_empty() {
                return None;
            }
            let (mark, label) = (glyph(check.outcome), check.check.label());
            let line = format!("{mark} {label}: {}", told.join("; "));
            let line = wrapped(&self.page.short_paths(&line), self.page.width, "  ");
            let style = self.page.styles.outcome(check.outcome);
            Some(line.style(style).to_string())
        })
        .collect()
    }

    /// Returns the value that a failed check found, if its row does not show it whole.
    fn lost(&self, check: &Check, row: &[String]) -> Option<String> {
        let found = value(check, &check.actual, self.page);
        let is_shown = row.contains(&found) || found.is_empty();
        let is_said = check
            .detail
            .as_deref()
            .is_some_and(|detail| sanitize::line(detail).contains(&found));
        (check.outcome == Outcome::Fail && !is_shown && !is_said).then(|| format!("found {found}"))
    }
}

/// Returns the row of a check; `says_same` replaces a value that is the expected one.
fn cells(check: &Check, page: &Page, says_same: bool) -> Vec<String> {
    let is_same = check.actual.is_some() && check.actual == check.expected;
    let actual = if is_same && says_same {
        "same".to_owned()
    } else {
        value(check, &check.actual, page)
    };
    let time = if check.elapsed.as_micros() == 0 {
        String::new()
    } else {
        units::elapsed(check.elapsed)
    };
    vec![
        check.check.label().to_owned(),
        format!("{} {}", glyph(check.outcome), check.outcome.name()),
        value(check, &check.expected, page),
        actual,
        time,
    ]
}

/// Returns a value as people read it: times are local, paths under home begin with `~`.
fn value(check: &Check, text: &Option<String>, page: &Page) -> String {
    let text = sanitize::line(text.as_deref().unwrap_or_default());
    match check.check {
        CheckId::StartTime => readable_time(&text, page),
        _ if page.width.is_none() => text,
        _ => page.short_paths(&short_digest(&text)),
    }
}

/// Returns `by 1767225600123` with the time as a date.
fn readable_time(text: &str, page: &Page) -> String {
    let (words, number) = text.rsplit_once(' ').unwrap_or(("", text));
    let moment = number.parse().ok();
    match moment.and_then(|moment| units::local_moment(moment, page)) {
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
        let page = Page::plain(80);
        let shown = |text| readable_time(text, &page);
        assert_eq!(shown("by 1767225600123"), "by 2026-01-01 00:00:00.123");
        assert_eq!(shown("1767225600123"), "2026-01-01 00:00:00.123");
        assert_eq!(shown(""), "");
    }
}
