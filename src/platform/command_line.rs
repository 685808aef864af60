//! The part of a command line that a report may show.

/// The longest text, in characters.
const LONGEST: usize = 80;

/// Programs whose first argument is the program that they run.
const INTERPRETERS: [&str; 8] = [
    "bash", "dash", "node", "perl", "php", "python", "ruby", "sh",
];

/// Returns the program of a command line, with the script that it interprets, and no other
/// argument: any may be a secret, and reports are read by others. A process can write
/// anything in place of its command line, so of the first word only the beginning counts.
pub(super) fn program<T: AsRef<str>>(words: &[T]) -> Option<String> {
    let first = words.first()?.as_ref().split_whitespace().next()?;
    let name = first.rsplit('/').next().unwrap_or(first);
    let is_interpreter = INTERPRETERS.iter().any(|interpreter| {
        name.strip_prefix(interpreter)
            .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
    });
    let is_file =
        |word: &&str| !word.starts_with('-') && !word.contains([' ', '\t', '\n', '=', '@']);
    let script = words.get(1).map(AsRef::as_ref).filter(is_file);
    let shown = match script.filter(|_| is_interpreter) {
        Some(script) => format!("{first} {script}"),
        None => first.to_owned(),
    };
    Some(match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_and_its_script_are_shown_and_nothing_else() {
        for (words, shown) in [
            (&["/usr/bin/cached", "--port", "7"][..], "/usr/bin/cached"),
            (
                &["python3.11", "/opt/app.py", "--token", "s"],
                "python3.11 /opt/app.py",
            ),
            (&["python3", "-c", "password = 's'"], "python3"),
            (&["sh", "PASSWORD=s exec daemon"], "sh"),
            (&["shred", "s"], "shred"),
            (&["postgres: alice s [local] idle"], "postgres:"),
        ] {
            assert_eq!(program(words).as_deref(), Some(shown));
        }
        assert_eq!(program::<&str>(&[]), None);
        let long = program(&["x".repeat(300)]).unwrap_or_default();
        assert_eq!(long.chars().count(), LONGEST + 1);
    }
}
