//! The formats as their readers understand them. Whatever these would take for
//! something else is a failure.

use std::collections::BTreeMap;

/// An annotation, as the runner of GitHub Actions reads it.
#[derive(Debug)]
pub(super) struct Annotation {
    pub(super) level: String,
    pub(super) title: String,
    pub(super) message: String,
}

/// Every line is a command with a title and nothing else.
#[track_caller]
pub(super) fn github(text: &str) -> Vec<Annotation> {
    let unescaped = |text: &str, escapes: &[(&str, &str)]| {
        let text = escapes
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        text.replace("%25", "%")
    };
    text.lines()
        .map(|line| {
            let command = line
                .strip_prefix("::")
                .unwrap_or_else(|| panic!("{line:?}"));
            let (command, message) = command.split_once("::").unwrap();
            let (level, properties) = command.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&level), "{line:?}");
            let title = properties.strip_prefix("title=").unwrap();
            assert!(!title.contains([',', ':']), "{line:?}");
            Annotation {
                level: level.to_owned(),
                title: unescaped(
                    title,
                    &[("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")],
                ),
                message: unescaped(message, &[("%0D", "\r"), ("%0A", "\n")]),
            }
        })
        .collect()
}

/// What a monitor makes of a plugin's output.
#[derive(Debug)]
pub(super) struct Plugin {
    pub(super) service: String,
    pub(super) status: String,
    pub(super) said: String,
    pub(super) data: BTreeMap<String, String>,
    pub(super) below: Vec<String>,
}

/// A status line, and below it lines without performance data.
#[track_caller]
pub(super) fn nagios(text: &str) -> Plugin {
    let mut lines = text.lines();
    let first = lines.next().unwrap();
    let (said, data) = first.split_once('|').unwrap_or((first, ""));
    let (head, said) = said.split_once(" - ").unwrap();
    let (service, status) = head.rsplit_once(' ').unwrap();
    let below: Vec<String> = lines.map(str::to_owned).collect();
    assert!(!below.iter().any(|line| line.contains('|')), "{text}");
    Plugin {
        service: service.to_owned(),
        status: status.to_owned(),
        said: said.trim_end().to_owned(),
        data: data.split_whitespace().map(datum).collect(),
        below,
    }
}

/// `label=value[unit];warn;critical;min;max`, with a label that needs no quotes.
#[track_caller]
fn datum(word: &str) -> (String, String) {
    let (label, rest) = word.split_once('=').unwrap();
    assert!(
        label.bytes().all(|byte| byte.is_ascii_lowercase()),
        "{word}"
    );
    let value = rest.split(';').next().unwrap();
    (label.to_owned(), value.to_owned())
}

/// A sample: its name, labels and value.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) value: f64,
}

/// Samples, each below the type of its metric, and none twice.
#[track_caller]
pub(super) fn prometheus(text: &str) -> Vec<Sample> {
    assert!(text.ends_with('\n'), "{text:?}");
    let mut typed = "";
    let mut samples: Vec<Sample> = Vec::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let (keyword, rest) = comment.split_once(' ').unwrap();
            match keyword {
                "TYPE" => typed = rest.strip_suffix(" gauge").unwrap(),
                "HELP" => {}
                _ => panic!("{line:?}"),
            }
            continue;
        }
        let sample = sample(line);
        assert_eq!(sample.name, typed, "{line:?}");
        let is_known =
            |known: &Sample| (&known.name, &known.labels) == (&sample.name, &sample.labels);
        assert!(!samples.iter().any(is_known), "twice: {line:?}");
        samples.push(sample);
    }
    samples
}

#[track_caller]
fn sample(line: &str) -> Sample {
    let name_end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(name_end);
    let mut labels = BTreeMap::new();
    if let Some(list) = rest.strip_prefix('{') {
        rest = list;
        while !rest.starts_with('}') {
            let (label, quoted) = rest.trim_start_matches(',').split_once("=\"").unwrap();
            assert!(
                label.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{line:?}"
            );
            let (value, after) = label_value(quoted);
            assert!(labels.insert(label.to_owned(), value).is_none(), "{line:?}");
            rest = after;
        }
        rest = &rest[1..];
    }
    let value = rest.strip_prefix(' ').unwrap();
    Sample {
        name: name.to_owned(),
        labels,
        value: value.parse().unwrap_or_else(|_| panic!("{line:?}")),
    }
}

/// A label's value up to its closing quote, and what follows.
fn label_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => match chars.next().unwrap().1 {
                'n' => value.push('\n'),
                c @ ('\\' | '"') => value.push(c),
                other => panic!("an escape of {other:?} in {text:?}"),
            },
            c => value.push(c),
        }
    }
    panic!("a label that does not end: {text:?}");
}
