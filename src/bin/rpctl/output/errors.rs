//! Errors that end a command: on standard error, and as a result.

use super::streams::{eprint_line, eprint_unwritten, write_stdout};
use super::{Output, origin};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::failure::Failure;
use crate::render::{Document, ErrorReport, json_document};

impl Output {
    /// Prints the error that ended `command`, and returns the exit code.
    pub(crate) fn report_error(&self, command: &str, error: &anyhow::Error) -> ExitCode {
        let report = self.describe(command, error);
        self.print_error(&report);
        if !self.quiet && !self.is_merged() {
            eprint_line(&report.text());
        }
        report.code
    }

    pub(super) fn describe(&self, command: &str, error: &anyhow::Error) -> ErrorReport {
        error_report(Some(command), Failure::from_error(error), self.exit_style)
    }
}

/// Prints an error as a JSON document, for a command line that no [`Output`] can be made from.
pub(crate) fn print_json(error: &ErrorReport) {
    if let Err(error) = write_stdout(json_document(&error.json(&origin())).as_bytes()) {
        eprint_unwritten(&error);
    }
}

/// Describes the failure that ended `command`, if the command is known.
pub(crate) fn error_report(
    command: Option<&str>,
    failure: Failure,
    style: ExitStyle,
) -> ErrorReport {
    ErrorReport {
        command: command.map(str::to_owned),
        code: failure.code,
        exit_code: style.number(failure.code),
        kind: failure.kind,
        message: failure.message,
        hint: failure.hint.unwrap_or_default(),
        candidates: failure.candidates,
    }
}
