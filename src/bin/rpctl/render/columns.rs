//! Making a table fit its width.

use unicode_width::UnicodeWidthStr;

/// Number of columns of a table that has room for all.
pub(super) const COLUMNS: usize = 5;
/// Spaces between two columns.
pub(super) const GAP: u16 = 2;
/// Narrower than this, `expected` and `actual` together say nothing.
const LEAST_COMPARED: usize = 24;
const LEAST_EXPECTED: usize = 12;

/// The cells of a row: check, outcome, expected, actual, time.
pub(super) type Cells = [String; COLUMNS];

/// Make the rows fit: how many columns remain. Columns are dropped from the
/// right; `expected` and `actual` share what is left, and are shortened in the
/// middle.
pub(super) fn fit(rows: &mut [Cells], header: [&str; COLUMNS], width: usize) -> usize {
    let gap = usize::from(GAP);
    let widest = |rows: &[Cells], column: usize| {
        rows.iter()
            .map(|row| row[column].width())
            .chain([header[column].width()])
            .max()
            .unwrap_or_default()
    };
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

/// Give each of two columns what it needs, or half, or what the other leaves.
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

fn shorten(rows: &mut [Cells], column: usize, width: usize) {
    for row in rows {
        row[column] = middle_cut(&row[column], width);
    }
}

/// Both ends of a text, joined by an ellipsis; paths differ at either end.
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
}
