//! Lines of text below and above tables.

use crate::render::sanitize;

/// Wraps `text` to `width` columns; the lines after the first begin with `indent`. A long
/// word stays whole.
pub(super) fn wrapped(text: &str, width: Option<usize>, indent: &str) -> String {
    match width {
        None => text.to_owned(),
        Some(width) => textwrap::fill(
            text,
            textwrap::Options::new(width.max(20))
                .subsequent_indent(indent)
                .break_words(false)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation),
        ),
    }
}

/// Returns the line for each hint.
pub(super) fn hints(hints: &[String], width: Option<usize>) -> Vec<String> {
    let hint = |hint: &String| format!("next: {}", sanitize::line(hint));
    hints
        .iter()
        .map(|text| wrapped(&hint(text), width, "      "))
        .collect()
}

/// Joins sections of lines, with an empty line between two; empty sections are left out.
pub(super) fn sections(sections: &[Vec<String>]) -> String {
    let filled = sections.iter().filter(|lines| !lines.is_empty());
    let texts: Vec<String> = filled.map(|lines| lines.join("\n")).collect();
    texts.join("\n\n") + "\n"
}
