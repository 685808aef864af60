//! Errors of the system as plain data, which a helper can send.

use std::io::{self, ErrorKind};

use serde::{Deserialize, Serialize};

/// An error of the system that can be sent from one process to another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Fault {
    /// The number of an error of the system.
    Number(i32),
    /// Any other error: the name of its kind, and its text.
    Text(String, String),
}

/// The kinds on which callers depend, of errors without a number.
const KINDS: [ErrorKind; 6] = [
    ErrorKind::NotFound,
    ErrorKind::PermissionDenied,
    ErrorKind::NotADirectory,
    ErrorKind::InvalidInput,
    ErrorKind::InvalidData,
    ErrorKind::TimedOut,
];

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) => Self::Number(number),
            None => Self::Text(error.kind().to_string(), error.to_string()),
        }
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Number(number) => Self::from_raw_os_error(number),
            Fault::Text(kind, text) => {
                let known = KINDS.into_iter().find(|known| known.to_string() == kind);
                Self::new(known.unwrap_or(ErrorKind::Other), text)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_kind_and_text() {
        for error in [
            io::Error::from_raw_os_error(13),
            io::Error::new(ErrorKind::NotFound, "nothing"),
            io::Error::other("else"),
        ] {
            let (kind, text) = (error.kind(), error.to_string());
            let same = io::Error::from(Fault::from(error));
            assert_eq!((same.kind(), same.to_string()), (kind, text));
        }
    }
}
