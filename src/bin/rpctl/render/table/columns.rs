//! Lays out a table, and makes it fit a width.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use owo_colors::{OwoColorize, Style};
use unicode_width::UnicodeWidthStr;

use super::cut::{middle_cut, start_cut};
use crate::render::style::Styles;

/// The spaces between two columns.
const GAP: u16 = 2;

/// The rows that are laid out at once, so that the text of many is never held as a whole.
const PART: usize = 1024;

/// The cells of a table, row by row.
pub(super) type Rows = Vec<Vec<String>>;

/// A column of a table, and what happens to it if the table is too wide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) header: &'static str,
    /// The width to which it is shortened; `None` if it is shown whole.
    pub(super) least: Option<usize>,
    /// The end of a text that is shortened.
    pub(super) cut: Cut,
    /// When the column is shortened and left out: the highest number first. 0 is never left
    /// out.
    pub(super) rank: u8,
}

/// The part of a text that is kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut {
    /// Both ends, because paths differ at either end.
    BothEnds,
    /// The end, which is the name of a file.
    End,
}

impl Column {
    /// Returns a column that is shown whole.
    pub(super) const fn whole(header: &'static str, rank: u8) -> Self {
        Self {
            header,
            least: None,
            cut: Cut::BothEnds,
            rank,
        }
    }

    /// Returns a column that can be shortened to `least`.
    pub(super) const fn shortened(header: &'static str, least: usize, cut: Cut, rank: u8) -> Self {
        Self {
            header,
            least: Some(least),
            cut,
            rank,
        }
    }

    fn shorten(&self, text: &str, width: usize) -> String {
        match self.cut {
            Cut::BothEnds => middle_cut(text, width),
            Cut::End => start_cut(text, width),
        }
    }
}

/// Makes the rows fit `width`, and returns the columns that remain. Columns are shortened by
/// their rank, and left out by it if that is not enough.
pub(super) fn fit(columns: &[Column], rows: &mut Rows, width: Option<usize>) -> Vec<Column> {
    let mut columns = columns.to_vec();
    let Some(width) = width else {
        return columns;
    };
    loop {
        let mut widths = widths(&columns, rows);
        let gaps = columns.len().saturating_sub(1) * usize::from(GAP);
        let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        let mut order: Vec<usize> = (0..columns.len()).collect();
        order.sort_by_key(|&at| std::cmp::Reverse(columns[at].rank));
        for at in order {
            let (column, own) = (&columns[at], &mut widths[at]);
            let least = column
                .least
                .map_or(*own, |least| least.max(column.header.width()));
            let less = excess.min(own.saturating_sub(least));
            *own -= less;
            excess -= less;
        }
        let droppable = (0..columns.len()).max_by_key(|&at| columns[at].rank);
        let dropped = droppable.filter(|&at| excess > 0 && columns[at].rank > 0);
        let Some(at) = dropped else {
            for row in rows.iter_mut() {
                for ((cell, column), width) in row.iter_mut().zip(&columns).zip(&widths) {
                    *cell = column.shorten(cell, *width);
                }
            }
            return columns;
        };
        columns.remove(at);
        for row in rows.iter_mut() {
            row.remove(at);
        }
    }
}

/// Returns the width of each column.
fn widths(columns: &[Column], rows: &Rows) -> Vec<usize> {
    let widest = |at: usize| {
        let cells = rows.iter().map(|row| row[at].width());
        cells.chain([columns[at].header.width()]).max()
    };
    let each = (0..columns.len()).map(|at| widest(at).unwrap_or_default());
    each.collect()
}

/// Returns the lines of a table: its header, and each row. `paint` chooses the style of the
/// cell in the column `painted`, by row.
pub(super) fn lay_out<P: Fn(usize) -> Style>(
    columns: &[Column],
    rows: Rows,
    styles: &Styles,
    painted: usize,
    paint: P,
) -> impl Iterator<Item = String> + use<P> {
    let widths = widths(columns, &rows);
    let headers = columns.iter().map(|column| column.header.to_owned());
    let header = lines(&[headers.collect()], &widths).concat();
    let header = header.trim_end().style(styles.heading).to_string();
    let starts = (0..rows.len()).step_by(PART);
    let lines = starts.flat_map(move |start| {
        let part = &rows[start..rows.len().min(start + PART)];
        let each = lines(part, &widths).into_iter().zip(part).enumerate();
        let coloured = each.map(|(at, (line, row))| {
            let before = (0..painted).map(|column| {
                let padding = widths[column] - row[column].width();
                row[column].len() + padding + usize::from(GAP)
            });
            // Colour comes after layout, so that it never counts as width.
            let style = paint(start + at);
            coloured(line.trim_end(), before.sum(), &row[painted], style)
        });
        coloured.collect::<Vec<_>>()
    });
    std::iter::once(header).chain(lines)
}

/// Returns a line for each row, with columns at least as wide as `widths`.
fn lines(rows: &[Vec<String>], widths: &[usize]) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .add_rows(rows);
    for (column, &width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, GAP));
        let width = u16::try_from(width).unwrap_or(u16::MAX).saturating_add(GAP);
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
    }
    table.lines().collect()
}

/// Colours `cell`, which begins at the byte `start` of `line`.
fn coloured(line: &str, start: usize, cell: &str, style: Style) -> String {
    let rest = line.split_at_checked(start);
    match rest.and_then(|(before, rest)| Some((before, rest.strip_prefix(cell)?))) {
        Some((before, after)) => format!("{before}{}{after}", cell.style(style)),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [
        Column::whole("A", 0),
        Column::shortened("B", 4, Cut::BothEnds, 2),
        Column::shortened("C", 4, Cut::End, 1),
    ];

    fn fitted(width: usize) -> (Vec<&'static str>, Vec<String>) {
        let row = ["fixed", "expected", "/actual"].map(str::to_owned);
        let mut rows = vec![row.to_vec()];
        let columns = fit(&COLUMNS, &mut rows, Some(width));
        let headers = columns.iter().map(|column| column.header);
        (headers.collect(), rows.swap_remove(0))
    }

    #[test]
    fn columns_are_shortened_and_then_left_out_by_rank() {
        let all = ["A", "B", "C"];
        assert_eq!(
            fitted(24),
            (
                all.to_vec(),
                ["fixed", "expected", "/actual"].map(str::to_owned).to_vec()
            )
        );
        assert_eq!(fitted(20).1, ["fixed", "e…ed", "/actual"]);
        assert_eq!(fitted(18).1, ["fixed", "e…ed", "…tual"]);
        assert_eq!(
            fitted(14),
            (
                vec!["A", "C"],
                ["fixed", "/actual"].map(str::to_owned).to_vec()
            )
        );
        assert_eq!(fitted(9).0, ["A"]);
    }

    #[test]
    fn a_cell_is_coloured_by_position_and_not_by_its_text() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let rows = vec![row(["PASS", "PASS"]), row(["コード", "PASS"])];
        let red = Style::new().red();
        let lines = lay_out(&COLUMNS[..2], rows, &Styles::new(false), 1, |_| red);
        let lines: Vec<String> = lines.collect();
        assert_eq!(lines[1], "PASS    \u{1b}[31mPASS\u{1b}[0m");
        assert_eq!(lines[2], "コード  \u{1b}[31mPASS\u{1b}[0m");
    }

    #[test]
    fn the_rows_of_all_parts_have_the_same_columns() {
        let row = |cell: &str| vec![cell.to_owned(), "END".to_owned()];
        let mut rows = vec![row("a"); PART];
        rows.push(row("a wide one"));
        let lines = lay_out(&COLUMNS[..2], rows, &Styles::new(false), 0, |_| {
            Style::new()
        });
        let mut lines = lines.skip(1);
        assert!(lines.all(|line| line.find("END") == Some(12)));
    }
}
