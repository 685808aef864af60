//! Errors of commands: what happened, to what, and what to do next.

use std::borrow::Cow;
use std::io;

use rpctl::__private;
use serde::{Deserialize, Serialize};

use crate::exit_code::ExitCode;
use crate::hints;
use crate::words::Words;

/// An error with its exit code and the next step.
#[derive(Clone, Debug, thiserror::Error, Deserialize, Serialize)]
#[error("{message}")]
pub(crate) struct Failure {
    pub(crate) code: ExitCode,
    /// A stable code in `snake_case`.
    pub(crate) kind: Cow<'static, str>,
    /// The message, which includes those of the causes.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// What the user may have meant.
    pub(crate) candidates: Vec<String>,
}

impl Failure {
    pub(crate) fn new(code: ExitCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            kind: kind.into(),
            message: message.into(),
            hint: None,
            candidates: Vec::new(),
        }
    }

    /// Describes a file system that does not answer, so that nothing is known.
    pub(crate) fn for_hang(message: String) -> Self {
        Self::new(ExitCode::CannotTell, "file_system_hangs", message).hint(Words::HERE.hangs())
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn candidates(mut self, candidates: Vec<String>) -> Self {
        self.candidates = candidates;
        self
    }

    /// Describes the error that ended a command: the failure in its chain, with the context
    /// that was added to it, or else an internal error. The result always has a hint.
    pub(crate) fn from_error(error: &anyhow::Error) -> Self {
        let system = error.chain().find_map(|cause| cause.downcast_ref());
        let internal = || Self::new(ExitCode::Internal, "internal", "");
        let mut failure: Self = error.downcast_ref().cloned().unwrap_or_else(internal);
        failure.message = format!("{error:#}");
        let advice = || advice(system);
        failure.hint.get_or_insert_with(advice);
        failure
    }
}

impl From<rpctl::record::LoadError> for Failure {
    fn from(error: rpctl::record::LoadError) -> Self {
        let code = if error.is_unread() {
            ExitCode::CannotTell
        } else {
            ExitCode::InvalidRecord
        };
        Self::new(code, error.kind(), error.to_string()).hint(hints::for_load_error(&error))
    }
}

/// Returns the hint for an error that has none of its own; `system` is the error of the
/// system that caused it.
pub(crate) fn advice(system: Option<&io::Error>) -> String {
    let words = Words::HERE;
    if system.is_some_and(__private::is_out_of_descriptors) {
        return format!("{}, and run it again", words.more_files());
    }
    let advice = match system.map(io::Error::kind) {
        Some(io::ErrorKind::PermissionDenied) => words.right_to_file(),
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            "make room on that file system, and run it again"
        }
        Some(io::ErrorKind::FileTooLarge) => words.larger_files(),
        Some(io::ErrorKind::NotADirectory) => "a file has the place of a directory: name another",
        Some(io::ErrorKind::ReadOnlyFilesystem) => {
            "have that file system mounted for writing, or name a place elsewhere"
        }
        // A process or a thread that could not be started.
        Some(io::ErrorKind::WouldBlock) => words.more_processes(),
        _ => "run it again; if it fails again, report it with what rpctl --version says",
    };
    advice.to_owned()
}

#[cfg(test)]
mod tests {
    use rpctl::record::LoadError;

    use super::*;

    fn unreadable() -> LoadError {
        LoadError::Io {
            what: "a.pb".to_owned(),
            source: io::ErrorKind::PermissionDenied.into(),
        }
    }

    #[test]
    fn a_failure_names_its_cause_once() {
        let failure = Failure::from(unreadable());
        let hint = failure.hint.clone();
        let error = anyhow::Error::new(failure).context("cannot probe");
        let described = Failure::from_error(&error);
        let message = "cannot probe: cannot read a.pb: permission denied";
        assert_eq!(described.message, message);
        assert_eq!((described.kind.as_ref(), described.hint), ("io", hint));
    }

    #[test]
    fn any_other_error_is_internal_and_has_a_hint() {
        let error = anyhow::Error::new(unreadable()).context("cannot probe");
        let described = Failure::from_error(&error);
        assert_eq!(described.code, ExitCode::Internal);
        let hint = described.hint.as_deref();
        let denied = io::ErrorKind::PermissionDenied.into();
        assert_eq!(hint, Some(advice(Some(&denied)).as_str()));
    }
}
