//! Shortens text to a width.

use unicode_width::UnicodeWidthStr;

/// Shortens `text` in the middle, because paths differ at either end.
pub(super) fn middle_cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let head = take_width(text.chars(), room / 2);
    format!("{head}…{}", tail(text, room - room / 2))
}

/// Shortens `text` at its start.
pub(super) fn start_cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    format!("…{}", tail(text, width.saturating_sub(1)))
}

/// Shortens `text` at its end.
pub(super) fn end_cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    format!("{}…", take_width(text.chars(), width.saturating_sub(1)))
}

fn tail(text: &str, width: usize) -> String {
    let tail = take_width(text.chars().rev(), width);
    tail.chars().rev().collect()
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
    fn a_long_text_keeps_both_ends_or_its_end() {
        let path = "/run/user/1000/daemon.sock";
        assert_eq!(middle_cut(path, 13), "/run/u…n.sock");
        assert_eq!(start_cut(path, 13), "…/daemon.sock");
        assert_eq!(end_cut(path, 13), "/run/user/10…");
        assert_eq!(middle_cut("short", 13), "short");
        assert!(middle_cut("コードコードコード", 7).width() <= 7);
    }
}
