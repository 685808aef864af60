//! Lines of text below and above tables.

use std::time::Duration;

use textwrap::core::Word;

use crate::render::{sanitize, units};

/// Wraps `text` to `width` columns; the lines after the first begin with `indent`. A long
/// word stays whole, and so does a command, which can then be pasted.
pub(super) fn wrapped(text: &str, width: Option<usize>, indent: &str) -> String {
    match width {
        None => text.to_owned(),
        Some(width) => textwrap::fill(
            text,
            textwrap::Options::new(width.max(20))
                .subsequent_indent(indent)
                .break_words(false)
                .word_separator(textwrap::WordSeparator::Custom(words))
                .word_splitter(textwrap::WordSplitter::NoHyphenation),
        ),
    }
}

/// Splits a line into words; a command is one word.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut parts = line.split_inclusive(' ').peekable();
    let mut at = 0;
    Box::new(std::iter::from_fn(move || {
        let first = parts.next()?;
        let mut len = first.len();
        if parts.peek().is_some_and(|next| begins_command(first, next)) {
            let mut last = first;
            while let Some(next) = parts.next_if(|next| continues_command(last, next)) {
                len += next.len();
                last = next;
            }
        }
        let word = Word::from(&line[at..at + len]);
        at += len;
        Some(word)
    }))
}

/// Returns whether a command begins with these two words.
fn begins_command(word: &str, next: &str) -> bool {
    let is_option = next.starts_with('-');
    match word.trim_start_matches('(').trim_end() {
        "rpctl" => is_option || SUBCOMMANDS.contains(&next.trim_end()),
        "sudo" | "rm" | "echo" | "systemctl" | "getent" | "del" => true,
        "Get-Process" | "netstat" | "ps" | "ss" | "ls" | "stat" | "kill" | "mount" | "setpriv" => {
            is_option
        }
        _ => false,
    }
}

/// Returns whether a command goes on with `next` after `last`.
fn continues_command(last: &str, next: &str) -> bool {
    !last.trim_end().ends_with([';', ')']) && !VERBS.contains(&next.trim_end())
}

const SUBCOMMANDS: [&str; 10] = [
    "probe",
    "inspect-manifest",
    "record",
    "shutdown",
    "kill",
    "signal",
    "spawn-self",
    "list",
    "prune",
    "completions",
];

/// The words after a command that say what it does.
const VERBS: [&str; 10] = [
    "shows", "show", "names", "keeps", "removes", "waits", "stops", "ends", "lists", "accepts",
];

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

/// Returns how long the command waited, if it had to.
pub(super) fn waited(length: Option<Duration>) -> Option<String> {
    Some(format!("  waited for {}", units::elapsed(length?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_not_wrapped() {
        let hint = "if it is just being started: rpctl probe --wait 30s 'my files/a.pb'";
        assert_eq!(
            wrapped(hint, Some(30), ""),
            "if it is just being started:\nrpctl probe --wait 30s 'my files/a.pb'"
        );
        let hint = "ps -o pid,user -p 7 shows what it does, or see rpctl list; name another";
        assert_eq!(
            wrapped(hint, Some(24), ""),
            "ps -o pid,user -p 7\nshows what it does, or\nsee rpctl list; name\nanother"
        );
    }
}
