//! Escapes untrusted text. Files and peers may contain characters that control a
//! terminal, reorder text, or are invisible.

use std::fmt::{self, Write};
use std::io;

/// Returns `text` with every dangerous character escaped as `\u{…}`.
pub(crate) fn line(text: &str) -> String {
    escaped(text, |out, c| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{}", c.escape_unicode());
    })
}

/// Returns a JSON text with every dangerous character escaped as `\uXXXX`. Apart from the
/// newlines between tokens, such characters occur only inside strings.
pub(crate) fn json(text: &str) -> String {
    escaped(text, |out, c| match c {
        '\n' => out.push(c),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    })
}

/// A writer of a JSON text that escapes it as [`json`] does.
pub(crate) struct JsonWriter<'a> {
    out: &'a mut dyn fmt::Write,
    /// What is not escaped yet, in whole characters: serde_json writes no part of one.
    pending: Vec<u8>,
}

impl<'a> JsonWriter<'a> {
    /// The length of a part that is escaped at once.
    const PART: usize = 8 << 10;

    pub(crate) fn new(out: &'a mut dyn fmt::Write) -> Self {
        Self {
            out,
            pending: Vec::with_capacity(2 * Self::PART),
        }
    }

    /// Writes the rest.
    pub(crate) fn finish(mut self) -> fmt::Result {
        self.write_pending()
    }

    fn write_pending(&mut self) -> fmt::Result {
        let text = str::from_utf8(&self.pending).map_err(|_| fmt::Error)?;
        self.out.write_str(&json(text))?;
        self.pending.clear();
        Ok(())
    }
}

impl io::Write for JsonWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend(bytes);
        if self.pending.len() >= Self::PART {
            self.write_pending().map_err(io::Error::other)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Harmless text, which is most of it, is copied in long parts.
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_dangerous(*c)) {
        out.push_str(&rest[..at]);
        escape(&mut out, c);
        rest = &rest[at + c.len_utf8()..];
    }
    out.push_str(rest);
    out
}

/// Returns whether `c` is a control character, reorders text, has no width (Unicode's
/// default-ignorable code points), or is a noncharacter (XML forbids some of them).
fn is_dangerous(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_bidi_and_zero_width_characters_are_escaped() {
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
    fn json_that_is_written_in_parts_is_escaped_as_a_whole() {
        let value = vec!["\u{202e}é\u{7f}".repeat(100); 100];
        let mut parts = String::new();
        let mut writer = JsonWriter::new(&mut parts);
        serde_json::to_writer_pretty(&mut writer, &value).unwrap();
        writer.finish().unwrap();
        assert_eq!(parts, json(&serde_json::to_string_pretty(&value).unwrap()));
    }

    #[test]
    fn two_names_that_look_the_same_are_shown_apart() {
        for hidden in ['\u{34f}', '\u{3164}', '\u{fe00}', '\u{1d173}', '\u{e0100}'] {
            let shown = line(&format!("cc{hidden}"));
            assert_eq!(shown, format!("cc{}", hidden.escape_unicode()));
        }
    }

    #[test]
    fn ordinary_text_in_any_script_stays_as_it_is() {
        assert_eq!(line("/opt/größe/コード"), "/opt/größe/コード");
    }
}
