//! The live display of `--watch`: redrawn in place on a terminal, appended to a file or
//! pipe.

use std::io;
use std::time::Duration;

use owo_colors::OwoColorize;
use terminal_size::{Height, Width};
use unicode_width::UnicodeWidthStr;

use super::Output;
use super::streams::is_terminal;
use crate::args::Format;
use crate::exit_code::ExitCode;
use crate::render::{Diagnosis, Document, units};

/// Reports on the same records, one round after the other.
pub(crate) struct WatchDisplay {
    output: Output,
    /// The interval in the heading of each table.
    interval: String,
    /// Rows of the terminal that the last round takes.
    drawn: usize,
    is_first: bool,
}

impl WatchDisplay {
    pub(crate) fn new(output: Output, interval: Duration) -> Self {
        Self {
            output,
            interval: units::elapsed(interval),
            drawn: 0,
            is_first: true,
        }
    }

    /// Shows a round, and returns its exit code.
    pub(crate) fn show(&mut self, command: &str, diagnoses: &[Diagnosis]) -> ExitCode {
        if self.output.format == Format::Table {
            let findings = self.output.findings(command, diagnoses);
            self.draw(&findings)
        } else {
            self.output.print_diagnoses(command, diagnoses)
        }
    }

    /// Shows the error that ended a round, and returns its exit code.
    pub(crate) fn show_error(&mut self, command: &str, error: &anyhow::Error) -> ExitCode {
        if self.output.format == Format::Table {
            self.draw(&self.output.describe(command, error))
        } else {
            self.output.report_error(command, error)
        }
    }

    fn draw(&mut self, document: &impl Document) -> ExitCode {
        let output = self.output.resized();
        let heading = format!("every {}: {:.0}", self.interval, output.page().now);
        let heading = heading.style(output.styles.faint);
        let text = format!("{heading}\n\n{}", output.text(document));
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
        output.print_text(document.code(), || text)
    }
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
