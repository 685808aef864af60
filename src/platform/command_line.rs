//! The part of a command line that a report may show.

/// The longest text, in characters.
const LONGEST: usize = 80;

/// Programs whose first argument is the program that they run.
const INTERPRETERS: [&str; 8] = [
    "bash", "dash", "node", "perl", "php", "python", "ruby", "sh",
];

/// Returns the `program` that a process runs, with the script that it interprets, and no
/// other argument of its command line: any may be a secret, and reports are read by others.
pub(super) fn program<T: AsRef<str>>(program: &str, words: &[T]) -> String {
    let name = program.rsplit('/').next().unwrap_or(program);
    let is_interpreter = INTERPRETERS.iter().any(|interpreter| {
        name.strip_prefix(interpreter)
            .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
    });
    let is_file =
        |word: &&str| !word.starts_with('-') && !word.contains([' ', '\t', '\n', '=', '@']);
    let script = words.get(1).map(AsRef::as_ref).filter(is_file);
    let shown = match script.filter(|_| is_interpreter) {
        Some(script) => format!("{program} {script}"),
        None => program.to_owned(),
    };
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_and_its_script_are_shown_and_nothing_else() {
        for (path, words, shown) in [
            (
                "/usr/bin/cached",
                &["sshd", "--port", "7"][..],
                "/usr/bin/cached",
            ),
            (
                "/usr/bin/python3.11",
                &["x", "/opt/app.py", "--token", "s"],
                "/usr/bin/python3.11 /opt/app.py",
            ),
            (
                "/bin/python3",
                &["python3", "-c", "password = 's'"],
                "/bin/python3",
            ),
            ("/bin/sh", &["sh", "PASSWORD=s exec daemon"], "/bin/sh"),
            ("/bin/shred", &["shred", "s"], "/bin/shred"),
            (
                "/bin/postgres",
                &["postgres: alice s [local] idle"],
                "/bin/postgres",
            ),
            ("/bin/sh", &[], "/bin/sh"),
        ] {
            assert_eq!(program(path, words), shown);
        }
        let long = program(&"x".repeat(300), &["x"]);
        assert_eq!(long.chars().count(), LONGEST + 1);
    }
}
