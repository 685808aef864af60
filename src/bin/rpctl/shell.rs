//! Quoting for the shell of the system, so that hints can be pasted: a POSIX shell, or
//! PowerShell.

use std::fmt::Write as _;
use std::path::Path;

use rpctl::__private::System;

/// The characters that PowerShell takes for a single quote.
const SINGLE_QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];

/// What PowerShell or the older prompt expands between double quotes, or takes for their end.
const EXPANDED: &str = "$`%!\"\u{201c}\u{201d}\u{201e}";

/// Quotes text as one word.
pub(crate) fn word(text: &str) -> String {
    word_for(System::THIS, text)
}

/// Quotes text as one word for the shell of a system.
pub(crate) fn word_for(system: System, text: &str) -> String {
    match system {
        System::Windows => for_powershell(text),
        System::Linux | System::MacOs => for_posix(text),
    }
}

fn for_posix(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Quotes for PowerShell, and as the older prompt reads it, too, if that is possible.
fn for_powershell(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || r"/\._-+:=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    if !text.contains(|c| EXPANDED.contains(c)) {
        return format!("\"{text}\"");
    }
    let mut quoted = String::from("'");
    for c in text.chars() {
        if SINGLE_QUOTES.contains(&c) {
            quoted.push(c);
        }
        quoted.push(c);
    }
    quoted + "'"
}

/// Quotes a path as an argument that is never taken for an option. `-` remains standard
/// input. A path that is not UTF-8 is written in octal; for PowerShell, what is no text in it
/// is lost.
pub(crate) fn file(path: &Path) -> String {
    file_for(System::THIS, path)
}

fn file_for(system: System, path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_like_option = bytes.len() > 1 && bytes.starts_with(b"-");
    let here: &[u8] = match system {
        _ if !is_like_option => b"",
        System::Windows => br".\",
        System::Linux | System::MacOs => b"./",
    };
    let bytes = [here, bytes].concat();
    match std::str::from_utf8(&bytes) {
        Ok(text) => word_for(system, text),
        Err(_) if system == System::Windows => word_for(system, &String::from_utf8_lossy(&bytes)),
        Err(_) => in_octets(&bytes),
    }
}

/// Quotes bytes in the form `$'…'`, which bash, ksh and zsh know, and POSIX since 2024.
fn in_octets(bytes: &[u8]) -> String {
    let mut quoted = "$'".to_owned();
    for &byte in bytes {
        // Writing to a string cannot fail.
        let _ = match byte {
            b'\'' | b'\\' => write!(quoted, "\\{}", char::from(byte)),
            b' '..=b'~' => write!(quoted, "{}", char::from(byte)),
            // Always three digits, so that a digit after them does not belong to them.
            _ => write!(quoted, "\\{byte:03o}"),
        };
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_hint_offers_to_a_shell_is_quoted() {
        let word = |text| word_for(System::Linux, text);
        assert_eq!(word("/run/a-b.json"), "/run/a-b.json");
        assert_eq!(word("/my files/it's"), r"'/my files/it'\''s'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn what_a_hint_offers_to_powershell_is_quoted() {
        for (text, quoted) in [
            (r"C:\daemons\a-b.json", r"C:\daemons\a-b.json"),
            (r"\\.\pipe\a", r"\\.\pipe\a"),
            (r"C:\my files\it's", r#""C:\my files\it's""#),
            ("a,b", r#""a,b""#),
            ("@a", r#""@a""#),
            ("", r#""""#),
            ("it's $a", "'it''s $a'"),
            ("100% it\u{2019}s", "'100% it\u{2019}\u{2019}s'"),
            ("a`b", "'a`b'"),
        ] {
            assert_eq!(word_for(System::Windows, text), quoted);
        }
    }

    #[test]
    fn a_file_is_never_an_option() {
        let on_linux = |name: &str| file_for(System::Linux, Path::new(name));
        assert_eq!(on_linux("-nox.pb"), "./-nox.pb");
        assert_eq!(on_linux("-my file"), "'./-my file'");
        assert_eq!(on_linux("-"), "-");
        let on_windows = |name: &str| file_for(System::Windows, Path::new(name));
        assert_eq!(on_windows("-nox.pb"), r".\-nox.pb");
        assert_eq!(on_windows("-"), "-");
    }

    #[cfg(unix)]
    #[test]
    fn bash_reads_a_name_that_is_no_utf8_as_it_is() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        use std::process::Command;

        let name = b"it's \\ a\xff7\n.pb";
        let quoted = file(Path::new(OsStr::from_bytes(name)));
        assert_eq!(quoted, r"$'it\'s \\ a\3777\012.pb'");
        let script = format!("printf %s {quoted}");
        if let Ok(output) = Command::new("bash").args(["-c", &script]).output() {
            assert_eq!(output.stdout, name);
        }
    }
}
