//! Quoting for a shell, so that hints can be pasted.

use std::fmt::Write as _;
use std::path::Path;

/// Quotes text as one word.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Quotes a path as an argument that is never taken for an option. `-` remains standard
/// input. A path that is not UTF-8 is written in octal.
pub(crate) fn file(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    let is_like_option = bytes.len() > 1 && bytes.starts_with(b"-");
    let bytes = [if is_like_option { "./" } else { "" }.as_bytes(), bytes].concat();
    std::str::from_utf8(&bytes).map_or_else(|_| in_octets(&bytes), word)
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
