//! Results that come again and again: redrawn in place on a terminal, appended
//! anywhere else.

use std::io;

use owo_colors::OwoColorize;
use rpctl::platform;
use terminal_size::{Height, Width};
use unicode_width::UnicodeWidthStr;

use super::{Output, is_terminal};
use crate::exit_code::ExitCode;
use crate::render::Diagnosis;
use crate::render::Trouble;
use crate::render::table::{report as table, units};

/// Reports of the same records, one round after the other.
pub(crate) struct Live {
    output: Output,
    /// Said above each round of a table.
    interval: String,
    /// Rows of the terminal that the last round takes.
    drawn: usize,
    is_first: bool,
}

impl Live {
    pub(crate) fn new(output: Output, interval: std::time::Duration) -> Self {
        Self {
            output,
            interval: units::elapsed(interval),
            drawn: 0,
            is_first: true,
        }
    }

    /// Show a round; the exit code it amounts to.
    pub(crate) fn show(&mut self, command: &str, diagnoses: &[Diagnosis]) -> ExitCode {
        if !self.output.is_table() {
            return self.output.print_diagnoses(command, diagnoses);
        }
        let output = self.output.resized();
        let code = output.code_of(diagnoses);
        let table = output.render_diagnoses(command, code, diagnoses);
        self.draw(&output, code, &table)
    }

    /// Show that a round came to nothing, where results are tables; the exit code it
    /// amounts to.
    pub(crate) fn show_trouble(&mut self, trouble: &Trouble<'_>) -> ExitCode {
        let output = self.output.resized();
        let text = table::render_trouble(trouble, output.width(), output.styles());
        self.draw(&output, trouble.code, &text)
    }

    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    fn draw(&mut self, output: &Output, code: ExitCode, table: &str) -> ExitCode {
        let heading = format!("every {}: {}", self.interval, now());
        let heading = heading.style(output.styles().faint);
        let text = format!("{heading}\n\n{table}");
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
        output.print(code, || text)
    }
}

fn now() -> String {
    units::second(platform::unix_now_ms()).unwrap_or_default()
}

/// What draws `text` over the `above` rows drawn last, and the rows it takes.
///
/// Every line is overwritten and its rest erased, so that nothing flickers. Of a
/// text taller than the terminal the end is left out: what has scrolled away could
/// not be overwritten, and would pile up.
fn frame(text: &str, above: usize, width: usize, height: usize) -> (String, usize) {
    let rows_of = |line: &str| {
        let plain = anstream::adapter::strip_str(line).to_string();
        plain.width().div_ceil(width.max(1)).max(1)
    };
    // The last row is where the cursor rests.
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
    fn a_line_wider_than_the_terminal_takes_the_rows_that_it_wraps_to() {
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
