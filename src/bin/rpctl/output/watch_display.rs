//! The display of `--watch`: redrawn in place on a terminal; into a file or pipe, changes are
//! appended.

use std::collections::HashMap;
use std::time::Duration;
use std::{io, mem};

use owo_colors::OwoColorize;
use rpctl::__private::PackedReport;
use rpctl::{Reason, Verdict};
use terminal_size::{Height, Width};
use unicode_width::UnicodeWidthStr;

use super::Output;
use super::streams::is_terminal;
use crate::args::Format;
use crate::exit_code::ExitCode;
use crate::render::{Diagnoses, Diagnosis, Document, PackedDiagnosis, change, units};

/// Reports on the same records, one round after the other.
pub(crate) struct WatchDisplay {
    output: Output,
    /// The interval in the heading of each table.
    interval: String,
    /// Rows of the terminal that the last round takes.
    drawn: usize,
    is_first: bool,
    /// What was shown last.
    last: Shown,
}

/// What a display shows, as far as a change of it is of interest.
#[derive(Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    Findings(HashMap<Subject, Finding>),
    Error(String),
}

/// The record and the identity file of a report.
type Subject = (Option<String>, Option<String>);

/// What a report finds. Times and details differ from round to round.
type Finding = (Verdict, Option<Reason>, Option<u32>);

impl WatchDisplay {
    pub(crate) fn new(output: Output, interval: Duration) -> Self {
        Self {
            output,
            interval: units::chosen(interval),
            drawn: 0,
            is_first: true,
            last: Shown::Nothing,
        }
    }

    /// Shows a round, and returns its exit code. Without a terminal, only what differs from the
    /// last round is shown; `missing` describes a record that is not among them any more, if its
    /// file is missing.
    pub(crate) fn show(
        &mut self,
        command: &str,
        diagnoses: &Diagnoses,
        missing: impl Fn(&str) -> Option<Diagnosis>,
    ) -> ExitCode {
        let code = self.output.findings(command, diagnoses).code();
        let found = diagnoses.reports().map(entry).collect();
        let shown = Shown::Findings(found);
        if self.is_unchanged(&shown) {
            return code;
        }
        let last = mem::replace(&mut self.last, shown);
        match (self.output.format, last, &self.last) {
            (Format::Table | Format::Ndjson, Shown::Findings(before), Shown::Findings(now))
                if !is_terminal() =>
            {
                let gone = before.keys().filter(|subject| !now.contains_key(*subject));
                let gone = gone.filter_map(|(record, _)| missing(record.as_deref()?));
                let gone: Vec<Diagnosis> = gone.collect();
                let is_changed = |one: &&PackedDiagnosis| {
                    let (subject, finding) = entry(one.report());
                    before.get(&subject) != Some(&finding)
                };
                let changed = diagnoses.packed().iter().filter(is_changed);
                let changed = changed.map(PackedDiagnosis::unpack).chain(gone);
                self.append(command, code, &changed.collect())
            }
            (Format::Table, ..) => {
                let findings = self.output.findings(command, diagnoses);
                self.draw(&findings)
            }
            _ => self.output.print_diagnoses(command, diagnoses),
        }
    }

    /// Shows the error that ended a round, and returns its exit code.
    pub(crate) fn show_error(&mut self, command: &str, error: &anyhow::Error) -> ExitCode {
        let report = self.output.describe(command, error);
        let shown = Shown::Error(report.text());
        if self.is_unchanged(&shown) {
            return report.code;
        }
        self.last = shown;
        if self.output.format == Format::Table {
            self.draw(&report)
        } else {
            self.output.report_error(command, error)
        }
    }

    /// Returns whether there is nothing to show: without a terminal, only changes are shown.
    fn is_unchanged(&self, shown: &Shown) -> bool {
        !is_terminal() && self.last == *shown
    }

    /// Shows what has changed, a line or document each. Returns `code`, that of all reports.
    fn append(&self, command: &str, code: ExitCode, changed: &Diagnoses) -> ExitCode {
        if self.output.format != Format::Table {
            let written = self.output.print_diagnoses(command, changed);
            return if written == ExitCode::Internal {
                written
            } else {
                code
            };
        }
        let page = self.output.page();
        self.output.print_text(code, |out| {
            let mut changed = changed.iter();
            changed.try_for_each(|one| writeln!(out, "{:.0} {}", page.now, change(&one, &page)))
        })
    }

    fn draw(&mut self, document: &impl Document) -> ExitCode {
        let output = self.output.resized();
        let page = output.page();
        let now = page.now.to_zoned_datetime(page.zone).strftime("%F %T");
        let heading = format!("every {}: {now}", self.interval);
        let heading = heading.style(output.styles.faint);
        let mut text = format!("{heading}\n\n");
        // Writing to a string cannot fail.
        let _ = output.write_document(document, &mut text);
        let text = match terminal_size::terminal_size_of(io::stdout()).filter(|_| is_terminal()) {
            Some((Width(width), Height(height))) => {
                let (frame, drawn) = frame(&text, self.drawn, width.into(), height.into());
                self.drawn = drawn;
                frame
            }
            None if self.is_first => text,
            None => format!("\n{text}"),
        };
        self.is_first = false;
        output.print_text(document.code(), |out| out.write_str(&text))
    }
}

/// Returns what a change of a report is told from.
fn entry(report: &PackedReport) -> (Subject, Finding) {
    let target = report.target();
    let subject = (target.record, target.identity_file);
    (subject, (report.verdict(), report.reason(), target.pid))
}

/// Returns the bytes that draw `text` over the `above` rows drawn last, and the number of
/// rows that it takes.
///
/// Each line is overwritten and its remainder erased, so that nothing flickers. If the text
/// is taller than the terminal, its end is left out: a row that has scrolled away could not
/// be overwritten.
fn frame(text: &str, above: usize, width: usize, height: usize) -> (String, usize) {
    let rows_of = |line: &str| {
        let plain = anstream::adapter::strip_str(line).to_string();
        plain.width().div_ceil(width.max(1)).max(1)
    };
    // The cursor rests in the last row.
    let room = height.saturating_sub(1);
    let mut shown = Vec::new();
    let mut rows = 0;
    for line in text.lines() {
        if rows + rows_of(line) > room {
            break;
        }
        rows += rows_of(line);
        shown.push(line.to_owned());
    }
    let left_out = text.lines().count() - shown.len();
    if left_out > 0
        && let Some(last) = shown.pop()
    {
        let notice = format!("… {} more lines", left_out + 1);
        rows = rows + 1 - rows_of(&last);
        shown.push(notice);
    }
    let mut frame = match above {
        0 => String::new(),
        above => format!("\x1b[{above}A\r"),
    };
    for line in shown {
        frame += &line;
        frame += "\x1b[K\n";
    }
    frame += "\x1b[J";
    (frame, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_drawn_over_the_last_one() {
        let (first, rows) = frame("a\nbb\n", 0, 80, 24);
        assert_eq!((first.as_str(), rows), ("a\x1b[K\nbb\x1b[K\n\x1b[J", 2));
        let (second, rows) = frame("c\n", rows, 80, 24);
        assert_eq!((second.as_str(), rows), ("\x1b[2A\rc\x1b[K\n\x1b[J", 1));
    }

    #[test]
    fn a_line_wider_than_the_terminal_takes_several_rows() {
        let text = format!("\x1b[1m{}\x1b[0m\nb\n", "a".repeat(21));
        assert_eq!(frame(&text, 0, 10, 24).1, 4);
    }

    #[test]
    fn what_would_scroll_away_is_left_out_and_counted() {
        let (text, rows) = frame("1\n2\n3\n4\n5\n", 0, 80, 4);
        assert_eq!(rows, 3);
        assert_eq!(text, "1\x1b[K\n2\x1b[K\n… 3 more lines\x1b[K\n\x1b[J");
    }
}
