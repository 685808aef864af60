//! Names as a shell takes them, for hints that can be pasted.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;

/// A word that stands for this text.
#[must_use]
pub fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// An argument that names this file, which may look like an option or be no UTF-8;
/// `-` remains standard input.
#[must_use]
pub fn file(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let bytes = if bytes.len() > 1 && bytes.starts_with(b"-") {
        Cow::Owned([b"./", bytes].concat())
    } else {
        Cow::Borrowed(bytes)
    };
    std::str::from_utf8(&bytes).map_or_else(|_| in_octets(&bytes), word)
}

/// The form of bash, ksh, zsh and POSIX since 2024.
fn in_octets(bytes: &[u8]) -> String {
    let mut quoted = "$'".to_owned();
    for &byte in bytes {
        // Writing to a string cannot fail.
        let _ = match byte {
            b'\'' | b'\\' => write!(quoted, "\\{}", char::from(byte)),
            b' '..=b'~' => write!(quoted, "{}", char::from(byte)),
            // Three digits at most, so what follows is never taken for one of them.
            _ => write!(quoted, "\\{byte:03o}"),
        };
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_a_hint_offers_to_a_shell_is_quoted() {
        assert_eq!(word("/run/a-b.json"), "/run/a-b.json");
        assert_eq!(word("/my files/it's"), r"'/my files/it'\''s'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn a_file_is_never_an_option() {
        assert_eq!(file(Path::new("-nox.pb")), "./-nox.pb");
        assert_eq!(file(Path::new("-my file")), "'./-my file'");
        assert_eq!(file(Path::new("-")), "-");
    }

    #[test]
    fn bash_reads_a_name_that_is_no_utf8_as_it_is() {
        let name = b"it's \\ a\xff7\n.pb";
        let quoted = file(Path::new(OsStr::from_bytes(name)));
        assert_eq!(quoted, r"$'it\'s \\ a\3777\012.pb'");
        let script = format!("printf %s {quoted}");
        if let Ok(output) = Command::new("bash").args(["-c", &script]).output() {
            assert_eq!(output.stdout, name);
        }
    }
}
