//! The words of the comments in `src` and `tests/it`: those that no comment of this
//! project has.
//!
//! `cargo test --test it prose -- --nocapture` prints how often each word and the words
//! beside it occur.

use std::path::Path;

use regex::Regex;

use crate::support::sources;

/// Each word that is not written, and the pattern that finds it in a line.
const AVOIDED: [(&str, &str); 5] = [
    ("whoever, whom", r"(?i)\bwho(ever|m)\b"),
    ("nobody, somebody", r"(?i)\b(no|some)body\b"),
    ("meanwhile", r"(?i)\bmeanwhile\b"),
    ("anew", r"(?i)\banew\b"),
    ("The same, at the beginning", r"^The same\b"),
];

/// Words that are counted and not forbidden: their share says how the prose reads.
const COUNTED: [(&str, &str); 4] = [
    ("what is, what was", r"(?i)\bwhat (is|was)\b"),
    ("where", r"(?i)\bwhere\b"),
    ("if", r"(?i)\bif\b"),
    ("returns", r"(?i)\breturns?\b"),
];

/// A line of a comment without its marks, and where it stands.
struct Line {
    file: String,
    number: usize,
    text: String,
}

fn comments() -> Vec<Line> {
    let mut lines = Vec::new();
    let directories = ["src", "tests/it"].map(Path::new);
    for (file, text) in directories.into_iter().flat_map(sources) {
        for (at, line) in text.lines().enumerate() {
            let comment = line.trim_start().strip_prefix("//");
            if let Some(comment) = comment {
                lines.push(Line {
                    file: file.clone(),
                    number: at + 1,
                    text: comment.trim_start_matches(['/', '!']).trim().to_owned(),
                });
            }
        }
    }
    lines
}

fn count(lines: &[Line], pattern: &str) -> usize {
    let pattern = Regex::new(pattern).unwrap();
    lines
        .iter()
        .map(|line| pattern.find_iter(&line.text).count())
        .sum()
}

#[test]
fn comments_have_none_of_the_words_to_be_avoided() {
    let lines = comments();
    let words: usize = lines
        .iter()
        .map(|line| line.text.split_whitespace().count())
        .sum();
    println!("{words} words of comments; for 1,000 of them:");
    for (name, pattern) in AVOIDED.iter().chain(&COUNTED) {
        let count = count(&lines, pattern);
        let thousandths = count * 100_000 / words;
        println!(
            "{name:28} {count:5} {:3}.{:02}",
            thousandths / 100,
            thousandths % 100
        );
    }
    let mut found = Vec::new();
    for (name, pattern) in AVOIDED {
        let pattern = Regex::new(pattern).unwrap();
        let has_it = lines.iter().filter(|line| pattern.is_match(&line.text));
        found.extend(has_it.map(|line| format!("{}:{}: {name}", line.file, line.number)));
    }
    assert!(
        found.is_empty(),
        "{} places:\n{}",
        found.len(),
        found.join("\n")
    );
}
