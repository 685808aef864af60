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

/// Parts of the names of options and variables whose values are secrets.
const SECRETS: [&str; 9] = [
    "pass",
    "pwd",
    "token",
    "secret",
    "key",
    "credential",
    "auth",
    "cookie",
    "signature",
];

/// Returns the arguments of a command line that an operator may see: without the values of
/// what is named like a secret, and without words that are no plain arguments, such as the
/// code for an interpreter.
pub(super) fn arguments<T: AsRef<str>>(words: &[T]) -> String {
    let mut shown = Vec::new();
    let mut is_value = false;
    for word in words.iter().skip(1).map(AsRef::as_ref) {
        let (name, value) = match word.split_once('=') {
            Some((name, _)) => (name, true),
            None => (word, false),
        };
        let is_secret = names_secret(name);
        let is_option = word.starts_with('-');
        shown.push(match () {
            () if !is_plain(word) => "…".to_owned(),
            () if value && is_secret => format!("{name}=…"),
            () if is_value && !is_option => "…".to_owned(),
            () => word.to_owned(),
        });
        is_value = is_option && is_secret && !value;
    }
    let shown = shown.join(" ");
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown,
    }
}

fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| name.contains(secret))
}

/// Returns whether a word is neither code nor an address with a password.
fn is_plain(word: &str) -> bool {
    let has_password = word.contains("://") && word.contains('@');
    !has_password && !word.contains(char::is_whitespace)
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

    #[test]
    fn arguments_are_shown_without_secrets() {
        for (words, shown) in [
            (&["cached", "--port", "7"][..], "--port 7"),
            (&["d", "--password", "s", "-v"], "--password … -v"),
            (&["d", "--api-key=s", "TOKEN=s"], "--api-key=… TOKEN=…"),
            (&["d", "-c", "PASSWORD=s exec d"], "-c …"),
            (&["d", "redis://:s@host/0"], "…"),
            (&["d", "--no-auth", "--port", "7"], "--no-auth --port 7"),
            (&["d"], ""),
        ] {
            assert_eq!(arguments(words), shown);
        }
        let long = "x".repeat(300);
        assert_eq!(arguments(&["d", &long]).chars().count(), LONGEST + 1);
    }
}
