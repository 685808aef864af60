//! Errors at the edge: what happened, on what, what to do next.

use std::{fmt, io};

use crate::exit_code::ExitCode;
use crate::render::{Output, Trouble, sanitize};

/// An error with its exit code and the next step.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: ExitCode,
    /// A stable code in `snake_case`.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// What could have been meant.
    pub(crate) candidates: Vec<String>,
}

impl Failure {
    pub(crate) fn new(code: ExitCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            kind,
            message: message.into(),
            hint: None,
            candidates: Vec::new(),
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn candidates(mut self, candidates: Vec<String>) -> Self {
        self.candidates = candidates;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<rpctl::manifest::LoadError> for Failure {
    fn from(error: rpctl::manifest::LoadError) -> Self {
        Self::new(ExitCode::InvalidManifest, error.kind(), error.to_string()).hint(error.hint())
    }
}

/// Report an error that ends the command: on standard error, and in the form
/// that results were asked for in.
pub(crate) fn report(error: &anyhow::Error, command: &str, output: &Output) -> ExitCode {
    let failure = error.downcast_ref::<Failure>();
    let code = failure.map_or(ExitCode::Internal, |failure| failure.code);
    let hint = failure
        .and_then(|failure| failure.hint.as_deref())
        .unwrap_or_else(|| advice(error));
    let candidates = failure.map_or(&[][..], |failure| &failure.candidates);
    let message = format!("{error:#}");
    output.print_trouble(&Trouble {
        command: Some(command),
        exit_code: output.exit_style().number(code),
        code,
        kind: failure.map_or("internal", |failure| failure.kind),
        message: &message,
        hint: Some(hint),
        candidates,
    });
    if !output.is_quiet() && !output.is_all_there_is() {
        let mut lines = vec![format!("rpctl: {}", sanitize::line(&message))];
        lines.extend(
            candidates
                .iter()
                .map(|candidate| format!("  {}", sanitize::line(candidate))),
        );
        lines.push(format!("  next: {}", sanitize::line(hint)));
        anstream::eprintln!("{}", lines.join("\n"));
    }
    code
}

/// What to do about an error for which nothing better is known.
fn advice(error: &anyhow::Error) -> &'static str {
    let system = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    match system.map(io::Error::kind) {
        Some(io::ErrorKind::PermissionDenied) => {
            "check the permissions, or run it as the owner or as root"
        }
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            "make room on that file system, and run it again"
        }
        Some(io::ErrorKind::ReadOnlyFilesystem) => "name a place that can be written",
        _ => "run it again; if it fails again, report it with what rpctl --version says",
    }
}
