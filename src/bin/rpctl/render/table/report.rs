//! The table: the verdict in a sentence, the checks, what they found, what to do
//! next.

use owo_colors::OwoColorize;
use rpctl::{Check, CheckId, Outcome, Report};

use super::columns::{COLUMNS, Cells, fit, lay_out};
use super::style::{Styles, glyph, verdict_glyph};
use super::{list, units};
use crate::render::action::Action;
use crate::render::findings::{Findings, Layout, Renderer, Trouble};
use crate::render::json::report::Diagnosis;
use crate::render::{plain, sanitize};

const HEADER: [&str; COLUMNS] = ["CHECK", "OUTCOME", "EXPECTED", "ACTUAL", "TIME"];

/// Digits shown of a digest, unless all are asked for.
const DIGEST_DIGITS: usize = 12;

/// For people.
pub(crate) struct Table {
    /// `None` shows everything.
    pub(crate) width: Option<usize>,
    pub(crate) styles: Styles,
}

impl Renderer for Table {
    fn findings(&self, findings: &Findings<'_>) -> String {
        let Self { width, styles } = self;
        match (findings.layout, findings.diagnoses) {
            (Layout::ByCount, [one]) => render(&one.report, *width, styles),
            (Layout::ByCount | Layout::List, several) => render_several(several, *width, styles),
            (Layout::Lines, several) => list::render(several, *width, styles),
            // That there is none is said beside the result.
            (Layout::Listing, []) => String::new(),
            (Layout::Listing, several) => list::render_with_hints(several, *width, styles),
        }
    }

    /// People read standard error.
    fn trouble(&self, _: &Trouble<'_>) -> String {
        String::new()
    }
}

/// The report as a table of at most `width` columns; `None` shows everything.
fn render(report: &Report, width: Option<usize>, styles: &Styles) -> String {
    let summary = sanitize::line(&report.summary);
    let sentence = format!("{} {summary}", verdict_glyph(report.verdict));
    let sentence = wrapped(&sentence, width, "  ");
    let sections = [
        vec![sentence.style(styles.verdict(report.verdict)).to_string()],
        checks(&report.checks, width, styles),
        details(&report.checks, width, styles),
        hints(&report.hints, width),
    ];
    let sections: Vec<String> = sections
        .iter()
        .filter(|lines| !lines.is_empty())
        .map(|lines| lines.join("\n"))
        .collect();
    sections.join("\n\n") + "\n"
}

/// What was done; where nothing was, the checks that say why.
pub(crate) fn render_action(
    report: &Report,
    action: &Action,
    width: Option<usize>,
    styles: &Styles,
) -> String {
    let mut sections = vec![wrapped(action.render(styles).trim_end(), width, "  ")];
    if action.needs_the_report() {
        sections.push(checks(&report.checks, width, styles).join("\n"));
        sections.push(details(&report.checks, width, styles).join("\n"));
    }
    sections.push(hints(&action.hints, width).join("\n"));
    sections.retain(|section| !section.is_empty());
    sections.join("\n\n") + "\n"
}

/// An error as a result among others.
pub(crate) fn render_trouble(
    trouble: &Trouble<'_>,
    width: Option<usize>,
    styles: &Styles,
) -> String {
    let message = sanitize::line(trouble.message);
    let sentence = wrapped(&format!("{} {message}", glyph(Outcome::Fail)), width, "  ");
    let sentence = sentence.style(styles.outcome(Outcome::Fail)).to_string();
    let advice = plain::advice(trouble).into_iter();
    let advice = advice.map(|line| wrapped(&line, width, "      "));
    let sections = [vec![sentence], advice.collect()].map(|lines: Vec<String>| lines.join("\n"));
    sections.join("\n\n") + "\n"
}

/// Several reports, each below the name of its record.
fn render_several(diagnoses: &[Diagnosis], width: Option<usize>, styles: &Styles) -> String {
    let reports: Vec<String> = diagnoses
        .iter()
        .map(|Diagnosis { report, .. }| {
            let name = format!("{}:", plain::record(&report.target));
            format!(
                "{}\n{}",
                name.style(styles.heading),
                render(report, width, styles)
            )
        })
        .collect();
    reports.join("\n")
}

/// What the checks add in words; those that were skipped explain nothing.
fn details(checks: &[Check], width: Option<usize>, styles: &Styles) -> Vec<String> {
    checks
        .iter()
        .filter(|check| check.outcome != Outcome::Skip)
        .filter_map(|check| {
            let detail = sanitize::line(check.detail.as_deref()?);
            let line = format!("{} {}: {detail}", glyph(check.outcome), check.check.label());
            let line = wrapped(&line, width, "  ");
            Some(line.style(styles.outcome(check.outcome)).to_string())
        })
        .collect()
}

pub(crate) fn hints(hints: &[String], width: Option<usize>) -> Vec<String> {
    hints
        .iter()
        .map(|hint| wrapped(&format!("next: {}", sanitize::line(hint)), width, "      "))
        .collect()
}

/// Break lines at words only, so that what is to be copied stays whole.
pub(crate) fn wrapped(text: &str, width: Option<usize>, indent: &str) -> String {
    match width {
        None => text.to_owned(),
        Some(width) => textwrap::fill(
            text,
            textwrap::Options::new(width.max(20))
                .subsequent_indent(indent)
                .break_words(false)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation),
        ),
    }
}

fn checks(checks: &[Check], width: Option<usize>, styles: &Styles) -> Vec<String> {
    let mut rows: Vec<Cells> = checks
        .iter()
        .map(|check| cells(check, width.is_none()))
        .collect();
    let columns = width.map_or(COLUMNS, |width| fit(&mut rows, HEADER, width));

    lay_out(&HEADER[..columns], &rows, styles, |row| {
        (1, styles.outcome(checks[row].outcome))
    })
}

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

/// `by 1767225600123` as a moment people can read.
fn readable_time(text: &str) -> String {
    let (words, number) = text.rsplit_once(' ').unwrap_or(("", text));
    match number.parse().ok().and_then(units::moment) {
        Some(moment) => format!("{words} {moment}").trim_start().to_owned(),
        None => text.to_owned(),
    }
}

/// `sha256:` and the first digits.
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
