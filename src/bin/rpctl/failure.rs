//! Errors at the edge: what happened, on what, what to do next.

use std::{fmt, io};

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue};
use serde::Serialize;

use crate::args::Cli;
use crate::exit_code::ExitCode;
use crate::render::{self, sanitize};

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

/// `"error"` in JSON documents.
#[derive(Serialize)]
pub(crate) struct ErrorObject<'a> {
    pub(crate) kind: &'a str,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub(crate) candidates: &'a [String],
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    schema_version: u32,
    command: Option<&'a str>,
    exit_code: u8,
    hints: Vec<&'a str>,
    error: ErrorObject<'a>,
}

/// Report an error that ends the command: on standard error, and as a document
/// where one was asked for.
pub(crate) fn report(error: &anyhow::Error, command: &str, output: &render::Output) -> ExitCode {
    let failure = error.downcast_ref::<Failure>();
    let code = failure.map_or(ExitCode::Internal, |failure| failure.code);
    let hint = failure
        .and_then(|failure| failure.hint.as_deref())
        .unwrap_or_else(|| advice(error));
    let candidates = failure.map_or(&[][..], |failure| &failure.candidates);
    let message = format!("{error:#}");
    if output.is_json() {
        output.print_json(&ErrorDocument {
            schema_version: render::SCHEMA_VERSION,
            command: Some(command),
            exit_code: code.number(),
            hints: vec![hint],
            error: ErrorObject {
                kind: failure.map_or("internal", |failure| failure.kind),
                message: message.clone(),
                candidates,
            },
        });
    }
    if !output.is_quiet() {
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

/// Report what clap says: help and version are no errors.
pub(crate) fn usage(mut error: clap::Error) -> ExitCode {
    hide_commands(&mut error);
    let is_error = error.use_stderr();
    // Nothing is left to do when even this cannot be printed.
    let _ = error.print();
    if !is_error {
        return ExitCode::Proven;
    }
    if asks_for_json() {
        let message = error.render().to_string();
        let first = message.lines().next().unwrap_or_default();
        render::Output::json().print_json(&ErrorDocument {
            schema_version: render::SCHEMA_VERSION,
            command: None,
            exit_code: ExitCode::Usage.number(),
            hints: vec!["rpctl --help shows the commands and their options"],
            error: ErrorObject {
                kind: "usage",
                candidates: &[],
                message: first.trim_start_matches("error: ").to_owned(),
            },
        });
    }
    ExitCode::Usage
}

/// What help does not show is no suggestion either.
fn hide_commands(error: &mut clap::Error) {
    if let Some(ContextValue::Strings(mut names)) = error.remove(ContextKind::ValidSubcommand) {
        let program = Cli::command();
        let is_shown = |name: &String| {
            let command = program.find_subcommand(name);
            command.is_none_or(|command| !command.is_hide_set())
        };
        names.retain(is_shown);
        error.insert(ContextKind::ValidSubcommand, ContextValue::Strings(names));
    }
}

/// Whether a command line that could not be parsed asks for JSON all the same.
fn asks_for_json() -> bool {
    let words: Vec<String> = std::env::args().collect();
    let follows =
        |pair: &[String]| matches!(pair[0].as_str(), "-o" | "--output") && pair[1] == "json";
    words
        .iter()
        .any(|word| matches!(word.as_str(), "--json" | "-ojson" | "--output=json"))
        || words.windows(2).any(follows)
        || std::env::var("RPCTL_OUTPUT").is_ok_and(|value| value == "json")
}
