//! The PID file: a text file whose first line is a decimal PID.

use serde::Serialize;

use super::error::LoadError;
use crate::process::is_pid;

/// The longest first line that is taken for a number, in bytes.
const MAX_LINE: usize = 80;

/// The number in a PID file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PidFile {
    /// Process ID in the PID namespace of the writer, which the file does not name.
    pub pid: u32,
}

/// Reads a PID file; `None` if the first line is not a decimal number. Blanks around the
/// number do not count, and the other lines can be anything.
///
/// A protobuf record begins with such a line only if its first field has number 6 or 7 and
/// its next byte is a digit, which none has.
pub(super) fn parse(text: &[u8]) -> Option<PidFile> {
    let line = text.split(|&byte| byte == b'\n').next()?.trim_ascii();
    let is_decimal = !line.is_empty() && line.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(line).ok().filter(|_| is_decimal)?;
    let pid = number.parse().ok().filter(|&pid| is_pid(pid))?;
    Some(PidFile { pid })
}

/// Explains why a file whose first line resembles a number is no PID file; `None` for any
/// other file.
pub(super) fn fault(text: &[u8]) -> Option<LoadError> {
    let line = first_line(text)?;
    let (is_negative, digits) = match line.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, line.strip_prefix('+').unwrap_or(line)),
    };
    let is_decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
    let message = if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    } else if !is_decimal {
        "it is not one decimal number"
    } else if is_negative {
        "it is negative"
    } else if digits.bytes().all(|digit| digit == b'0') {
        "no process has the number 0"
    } else if digits.len() == line.len() {
        "it is too large for a process ID"
    } else {
        "it has a sign"
    };
    Some(LoadError::Pid {
        line: line.to_owned(),
        message,
    })
}

/// Returns the first line without the blanks around its text; `None` if it is empty, long
/// or not printable.
fn first_line(text: &[u8]) -> Option<&str> {
    let line = text.split(|&byte| byte == b'\n').next()?.trim_ascii();
    let is_text = line.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    let line = std::str::from_utf8(line).ok().filter(|_| is_text)?;
    (!line.is_empty() && line.len() <= MAX_LINE).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_the_number() {
        for text in [
            "812",
            "812\n",
            "812\r\n",
            "  812\t\n",
            "812 \n/var/lib/postgresql\n1234567890\n5432\n",
            "0812\n",
        ] {
            let read = parse(text.as_bytes());
            assert_eq!(read.map(|file| file.pid), Some(812), "{text:?}");
        }
        assert_eq!(parse(b"812\n\xff\0").map(|file| file.pid), Some(812));
        assert_eq!(parse(b"4194303").map(|file| file.pid), Some(4_194_303));
    }

    #[test]
    fn what_only_resembles_a_number_is_explained() {
        let too_large = (u64::from(crate::platform::MAX_PID) + 1).to_string();
        for (text, why) in [
            ("0", "no process has the number 0"),
            ("-812", "it is negative"),
            ("+812", "it has a sign"),
            (&too_large, "it is too large for a process ID"),
            (
                "99999999999999999999999",
                "it is too large for a process ID",
            ),
            ("0x32C", "it is not one decimal number"),
            ("812 813", "it is not one decimal number"),
            ("812.pid", "it is not one decimal number"),
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
            let fault = fault(text.as_bytes()).map(|fault| fault.to_string());
            let expected = format!("the first line is {text:?}, and {why}");
            assert_eq!(fault, Some(expected));
        }
    }

    #[test]
    fn other_files_are_left_to_the_other_formats() {
        for text in ["", "\n812\n", "nginx", "- 812", "{}", "\u{664}", "--"] {
            assert_eq!(parse(text.as_bytes()), None, "{text:?}");
            assert!(fault(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(parse(b"8\x01").is_none() && fault(b"8\x01").is_none());
    }
}
