//! Lays out a table, and makes it fit a width.

use comfy_table::{ContentArrangement, Table, presets};
use owo_colors::{OwoColorize, Style};
use unicode_width::UnicodeWidthStr;

use crate::render::style::Styles;

/// The columns of the table of checks.
pub(super) const COLUMNS: usize = 5;
/// The spaces between two columns.
const GAP: u16 = 2;
/// The least width at which `expected` and `actual` are readable side by side.
const LEAST_COMPARED: usize = 24;
const LEAST_EXPECTED: usize = 12;
/// The least width of a path or name.
const LEAST_NAME: usize = 12;
/// The greatest width of a name that is followed by other columns.
const MOST_NAME: usize = 32;

/// A row: check, outcome, expected, actual, time.
pub(super) type Cells = [String; COLUMNS];

/// Makes the rows fit `width`, and returns how many columns remain. Columns are dropped
/// from the right; `expected` and `actual` are shortened in the middle, to share the
/// remaining space.
pub(super) fn fit(rows: &mut [Cells], header: [&str; COLUMNS], width: usize) -> usize {
    let gap = usize::from(GAP);
    let widest = |rows: &[Cells], column| widest(rows, header[column], column);
    let fixed = widest(rows, 0) + widest(rows, 1) + 2 * gap;
    let time = widest(rows, 4) + 2 * gap;
    if width >= fixed + time + LEAST_COMPARED {
        share(rows, widest(rows, 2), widest(rows, 3), width - fixed - time);
        5
    } else if width >= fixed + gap + LEAST_COMPARED {
        share(rows, widest(rows, 2), widest(rows, 3), width - fixed - gap);
        4
    } else if width >= fixed + LEAST_EXPECTED {
        shorten(rows, 2, width - fixed);
        3
    } else {
        2
    }
}

/// Makes the rows of a list fit `width`, and returns how many columns remain. The second
/// column is a name, and the last column gets the space that the others leave. Columns are
/// dropped from the right if the name cannot be shortened further.
pub(super) fn fit_list<const N: usize>(
    rows: &mut [[String; N]],
    header: [&str; N],
    width: usize,
) -> usize {
    let gap = usize::from(GAP);
    shorten(rows, 1, MOST_NAME);
    let up_to = |rows: &[[String; N]], columns: usize| -> usize {
        let widths = (0..columns).map(|column| widest(rows, header[column], column));
        widths.sum::<usize>() + columns.saturating_sub(1) * gap
    };
    let missing = (up_to(rows, N - 1) + gap + LEAST_NAME).saturating_sub(width);
    let name = widest(rows, header[1], 1);
    if missing > 0 && name >= LEAST_NAME + missing {
        shorten(rows, 1, name - missing);
    }
    let before_last = up_to(rows, N - 1) + gap;
    if width >= before_last + LEAST_NAME {
        shorten(rows, N - 1, width - before_last);
        return N;
    }
    let mut columns = N - 1;
    while columns > 2 && up_to(rows, columns) > width {
        columns -= 1;
    }
    if columns == 2 {
        shorten(rows, 1, width.saturating_sub(up_to(rows, 1) + gap));
    }
    columns
}

/// Returns the width of a column with the name `header`.
fn widest<const N: usize>(rows: &[[String; N]], header: &str, column: usize) -> usize {
    rows.iter()
        .map(|row| row[column].width())
        .chain([header.width()])
        .max()
        .unwrap_or_default()
}

/// Returns the lines of a table: its header, and each row. `paint` chooses the cell of a
/// row that is coloured, and its style.
pub(super) fn lay_out<const N: usize>(
    header: &[&str],
    rows: &[[String; N]],
    styles: &Styles,
    paint: impl Fn(usize) -> (usize, Style),
) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    for row in rows {
        table.add_row(&row[..header.len()]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, GAP));
    }
    // Colour comes after layout, so that it never counts as width.
    let mut lines = table.lines();
    let first = lines.next().unwrap_or_default();
    let mut text = vec![first.trim_end().style(styles.heading).to_string()];
    text.extend(lines.zip(rows).enumerate().map(|(at, (line, row))| {
        let (column, style) = paint(at);
        let before = (0..column).map(|column| {
            let padding = widest(rows, header[column], column) - row[column].width();
            row[column].len() + padding + usize::from(GAP)
        });
        painted(line.trim_end(), before.sum(), &row[column], style)
    }));
    text
}

/// Colours `cell`, which begins at the byte `start` of `line`.
fn painted(line: &str, start: usize, cell: &str, style: Style) -> String {
    let rest = line.split_at_checked(start);
    match rest.and_then(|(before, rest)| Some((before, rest.strip_prefix(cell)?))) {
        Some((before, after)) => format!("{before}{}{after}", cell.style(style)),
        None => line.to_owned(),
    }
}

/// Shortens two columns to `space`. A column that needs less than half of it leaves the
/// remainder to the other.
fn share(rows: &mut [Cells], expected: usize, actual: usize, space: usize) {
    let half = space / 2;
    let (expected, actual) = if expected + actual <= space {
        (expected, actual)
    } else if actual <= half {
        (space - actual, actual)
    } else if expected <= half {
        (expected, space - expected)
    } else {
        (half, space - half)
    };
    shorten(rows, 2, expected);
    shorten(rows, 3, actual);
}

fn shorten<const N: usize>(rows: &mut [[String; N]], column: usize, width: usize) {
    for row in rows {
        row[column] = middle_cut(&row[column], width);
    }
}

/// Shortens `text` in the middle, because paths differ at either end.
fn middle_cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let head = take_width(text.chars(), room / 2);
    let tail: String = take_width(text.chars().rev(), room - room / 2)
        .chars()
        .rev()
        .collect();
    format!("{head}…{tail}")
}

fn take_width(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut text = String::new();
    for c in chars {
        text.push(c);
        if text.width() > width {
            text.pop();
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_both_ends() {
        assert_eq!(
            middle_cut("/run/user/1000/daemon.sock", 13),
            "/run/u…n.sock"
        );
        assert_eq!(middle_cut("short", 13), "short");
        assert!(middle_cut("コードコードコード", 7).width() <= 7);
    }

    #[test]
    fn a_cell_is_coloured_by_position_and_not_by_its_text() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned);
        let rows = [row(["PASS", "PASS"]), row(["コード", "PASS"])];
        let red = Style::new().red();
        let lines = lay_out(&["A", "B"], &rows, &Styles::new(false), |_| (1, red));
        assert_eq!(lines[1], "PASS    \u{1b}[31mPASS\u{1b}[0m");
        assert_eq!(lines[2], "コード  \u{1b}[31mPASS\u{1b}[0m");
    }

    #[test]
    fn one_long_name_takes_no_column_from_the_other_rows() {
        let row = |name: &str| {
            [
                "! not_running",
                name,
                "process_exited",
                "4194304",
                "record.pb",
            ]
            .map(str::to_owned)
        };
        let header = ["VERDICT", "SERVICE", "REASON", "PID", "RECORD"];
        let mut rows = [row("short"), row(&"long".repeat(20))];
        assert_eq!(fit_list(&mut rows, header, 80), 5);
        assert_eq!(rows[0], row("short"));
        assert!(rows[1][1].width() >= LEAST_NAME, "{rows:?}");
        assert!(rows[1].iter().map(|cell| cell.width()).sum::<usize>() <= 72);
    }
}
