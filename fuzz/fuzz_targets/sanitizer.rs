//! The sanitizer: no control, reordering or invisible character by the tables of
//! Unicode remains, and a JSON text keeps its value.

#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;

use icu_properties::props::{
    BidiControl, BinaryProperty, DefaultIgnorableCodePoint, EnumeratedProperty, GeneralCategory,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

#[path = "../../src/bin/rpctl/render/sanitize.rs"]
mod sanitize;

fuzz_target!(|text: &str| {
    // Every character is examined alone, so long texts add nothing.
    let text = &text[..text.floor_char_boundary(200)];
    let line = sanitize::line(text);
    assert!(!line.contains(is_dangerous), "{line:?}");
    assert_eq!(sanitize::line(&line), line);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        assert_eq!(line, text);
    }

    let value = json!({ text: [text, { "text": text }] });
    let rendered = sanitize::json(&format!("{value:#}"));
    assert!(!rendered.contains(|c| c != '\n' && is_dangerous(c)));
    assert_eq!(serde_json::from_str::<Value>(&rendered).unwrap(), value);
});

fn is_dangerous(c: char) -> bool {
    /// One table, because three look-ups per character would take most of the time.
    static DANGEROUS: LazyLock<HashSet<char>> =
        LazyLock::new(|| ('\0'..=char::MAX).filter(|&c| is_listed(c)).collect());
    DANGEROUS.contains(&c)
}

fn is_listed(c: char) -> bool {
    use GeneralCategory::{Control, LineSeparator, ParagraphSeparator};

    DefaultIgnorableCodePoint::for_char(c)
        || BidiControl::for_char(c)
        || matches!(
            GeneralCategory::for_char(c),
            Control | LineSeparator | ParagraphSeparator
        )
}
