//! Errors at the edge: what happened, on what, what to do next.

use std::{fmt, io};

use crate::exit_code::{ExitCode, ExitStyle};
use crate::output::{Live, Output, tell};
use crate::render::{Trouble, sanitize};

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

impl From<rpctl::record::LoadError> for Failure {
    fn from(error: rpctl::record::LoadError) -> Self {
        Self::new(ExitCode::InvalidManifest, error.kind(), error.to_string()).hint(error.hint())
    }
}

/// Report an error that ends the command: on standard error, and in the form
/// that results were asked for in.
pub(crate) fn report(error: &anyhow::Error, command: &str, output: &Output) -> ExitCode {
    let message = format!("{error:#}");
    let trouble = trouble(error, &message, command, output.exit_style());
    output.print_trouble(&trouble);
    if !output.is_quiet() && !output.is_all_there_is() {
        say(&trouble);
    }
    trouble.code
}

/// Report an error that ends one round of many, as the result of that round.
pub(crate) fn report_round(error: &anyhow::Error, command: &str, live: &mut Live) -> ExitCode {
    if !live.output().is_table() {
        return report(error, command, live.output());
    }
    let message = format!("{error:#}");
    let trouble = trouble(error, &message, command, live.output().exit_style());
    live.show_trouble(&trouble)
}

/// Say on standard error that nothing could be written to standard output.
pub(crate) fn say_unwritten(error: &io::Error) {
    let message = format!("cannot write to standard output: {error}");
    tell(&format!(
        "rpctl: {message}\n  next: {}",
        advice(Some(error.kind()))
    ));
}

fn trouble<'a>(
    error: &'a anyhow::Error,
    message: &'a str,
    command: &'a str,
    style: ExitStyle,
) -> Trouble<'a> {
    let failure = error.downcast_ref::<Failure>();
    let code = failure.map_or(ExitCode::Internal, |failure| failure.code);
    let of_system = || {
        let mut causes = error.chain();
        let system = causes.find_map(|cause| cause.downcast_ref::<io::Error>());
        advice(system.map(io::Error::kind))
    };
    let hint = failure.and_then(|failure| failure.hint.as_deref());
    Trouble {
        command: Some(command),
        exit_code: style.number(code),
        code,
        kind: failure.map_or("internal", |failure| failure.kind),
        message,
        hint: Some(hint.unwrap_or_else(of_system)),
        candidates: failure.map_or(&[], |failure| &failure.candidates),
    }
}

fn say(trouble: &Trouble<'_>) {
    let mut lines = vec![format!("rpctl: {}", sanitize::line(trouble.message))];
    let candidates = trouble.candidates.iter();
    lines.extend(candidates.map(|candidate| format!("  {}", sanitize::line(candidate))));
    let hint = trouble.hint.iter();
    lines.extend(hint.map(|hint| format!("  next: {}", sanitize::line(hint))));
    tell(&lines.join("\n"));
}

/// What to do about an error for which nothing better is known.
fn advice(system: Option<io::ErrorKind>) -> &'static str {
    match system {
        Some(io::ErrorKind::PermissionDenied) => {
            "check the permissions, or run it as the owner or as root"
        }
        Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
            "make room on that file system, and run it again"
        }
        Some(io::ErrorKind::NotADirectory) => "a file has the place of a directory: name another",
        Some(io::ErrorKind::ReadOnlyFilesystem) => "name a place that can be written",
        _ => "run it again; if it fails again, report it with what rpctl --version says",
    }
}
