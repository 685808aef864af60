//! Text from files and peers is untrusted: nothing in it may steer a terminal,
//! reorder what is read, or hide.

use std::fmt::Write;

/// One line of text with every dangerous character escaped as `\u{…}`.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |out, c| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}", c.escape_unicode());
    })
}

/// A JSON text with every dangerous character escaped as `\uXXXX`. Such
/// characters only stand inside its strings, apart from the newlines between
/// its tokens.
pub(crate) fn json(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            escaped(line, |out, c| {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            })
        })
        .collect();
    lines.join("\n")
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_dangerous(c) {
            escape(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, and the format characters that reorder or hide text.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_bidi_and_zero_width_characters_lose_their_power() {
        let hostile = "a\x1b[31mb\u{202e}c\u{200b}d\u{9b}e\nf";
        assert_eq!(
            line(hostile),
            r"a\u{1b}[31mb\u{202e}c\u{200b}d\u{9b}e\u{a}f"
        );
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({"k": "a\u{7f}\u{202e}\u{e0041}\n"});
        let text = json(&serde_json::to_string_pretty(&value).unwrap());
        assert!(
            text.chars().all(|c| c == '\n' || !is_dangerous(c)),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }

    #[test]
    fn ordinary_text_in_any_script_stays_as_it_is() {
        assert_eq!(line("/opt/größe/コード"), "/opt/größe/コード");
    }
}
