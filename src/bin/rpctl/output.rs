//! Standard output and standard error: where results and errors go, and in which format.

mod errors;
mod origin;
mod reader;
mod streams;
mod watch_display;

use std::{fmt, io};

use anyhow::{Context, Result};

use self::origin::{now, origin};
use self::reader::{home, local_zone};
use self::streams::{terminal_width, wants_color, write_stdout, write_text};
use crate::args::{Command, Format, OutputArgs};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::render::{
    Diagnoses, Document, ErrorReport, Findings, Github, Junit, Layout, Nagios, Ndjson, Page,
    Prometheus, Renderer, Styles, sanitize, write_json,
};

pub(crate) use self::errors::{error_report, print_json};
pub(crate) use self::streams::{accept_closed_pipe, eprint_line, eprint_unwritten, is_terminal};
pub(crate) use self::watch_display::WatchDisplay;

/// The format of results, and how they are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) exit_style: ExitStyle,
    quiet: bool,
    /// The width of tables; `None` shows every value in full.
    width: Option<usize>,
    styles: Styles,
    layout: Layout,
    /// Whether each JSON document is a single line.
    one_line: bool,
    is_verbose: bool,
}

impl Output {
    pub(crate) fn new(args: &OutputArgs, command: &Command) -> Self {
        let format = args.format();
        let exit = command.exit().map(|exit| exit.style(format));
        Self {
            // The error about a format that the command lacks is a table.
            format: if command.offers(format) {
                format
            } else {
                Format::Table
            },
            exit_style: exit.unwrap_or_default(),
            quiet: args.quiet,
            width: (!args.wide).then(terminal_width),
            styles: Styles::new(format == Format::Table && wants_color(args.color)),
            layout: Layout::ByCount,
            one_line: false,
            is_verbose: args.verbose,
        }
    }

    /// Returns an output that shows any number of reports as a list.
    pub(crate) fn as_list(self) -> Self {
        let layout = Layout::List;
        Self { layout, ..self }
    }

    /// Returns an output that shows reports as a list with one line each, and for which no
    /// verdict is a failure.
    pub(crate) fn as_listing(self) -> Self {
        let layout = Layout::Listing;
        Self { layout, ..self }
    }

    /// Returns an output for one round after the other: a list has one line per report, and
    /// a JSON document is a single line.
    pub(crate) fn repeating(self, is_list: bool) -> Self {
        Self {
            layout: if is_list {
                Layout::Lines
            } else {
                Layout::ByCount
            },
            one_line: true,
            ..self
        }
    }

    /// Returns an output for the present width of the terminal.
    fn resized(self) -> Self {
        let width = self.width.map(|_| terminal_width());
        Self { width, ..self }
    }

    /// Returns whether the result is read as a health check, and not as a list.
    pub(crate) fn is_health_check(&self) -> bool {
        self.exit_style != ExitStyle::Rpctl || self.format == Format::Nagios
    }

    /// Returns whether the consumer merges standard output and standard error (Nagios,
    /// GitHub Actions). Nothing is then written to standard error.
    fn is_merged(&self) -> bool {
        matches!(self.format, Format::Nagios | Format::Github)
    }

    /// Returns whether one result can follow another.
    pub(crate) fn can_repeat(&self) -> bool {
        matches!(self.format, Format::Table | Format::Json | Format::Ndjson)
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Prints a result, and returns the exit code of the command.
    pub(crate) fn print(&self, document: &impl Document) -> ExitCode {
        self.print_text(document.code(), |out| self.write_document(document, out))
    }

    /// Prints any number of reports, and returns the exit code of the command.
    pub(crate) fn print_diagnoses(&self, command: &str, diagnoses: &Diagnoses) -> ExitCode {
        let findings = self.findings(command, diagnoses);
        match self.renderer() {
            None => self.print(&findings),
            Some(renderer) => self.print_text(findings.code(), |out| {
                renderer.findings(&findings, &origin(), out)
            }),
        }
    }

    /// Prints an error as the result. People find it on standard error.
    fn print_error(&self, error: &ErrorReport) {
        self.print_text(error.code, |out| match self.renderer() {
            Some(renderer) => out.write_str(&renderer.error(error, &origin())),
            None if self.format == Format::Json => self.write_document(error, out),
            None => Ok(()),
        });
    }

    fn findings<'a>(&self, command: &'a str, diagnoses: &'a Diagnoses) -> Findings<'a> {
        Findings {
            command,
            style: self.exit_style,
            layout: self.layout,
            diagnoses,
        }
    }

    /// Returns the renderer of a format that consists of verdicts alone.
    fn renderer(&self) -> Option<&'static dyn Renderer> {
        match self.format {
            Format::Table | Format::Json => None,
            Format::Ndjson => Some(&Ndjson),
            Format::Junit => Some(&Junit),
            Format::Nagios => Some(&Nagios),
            Format::Prometheus => Some(&Prometheus),
            Format::Github => Some(&Github),
        }
    }

    fn write_document(&self, document: &impl Document, out: &mut dyn fmt::Write) -> fmt::Result {
        match self.format {
            Format::Json => write_json(&document.json(&origin()), self.one_line, out),
            _ => document.table(&self.page(), out),
        }
    }

    fn page(&self) -> Page {
        Page {
            width: self.width,
            styles: self.styles,
            now: now(),
            zone: local_zone(),
            home: home(),
            is_verbose: self.is_verbose,
        }
    }

    /// Prints a warning beside the result.
    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet && !self.is_merged() {
            eprint_line(&format!("rpctl: {}", sanitize::line(text)));
        }
    }

    /// Prints a warning beside the result, and what to do on a line of its own.
    pub(crate) fn warn_of(&self, text: &str, next: &str) {
        if !self.quiet && !self.is_merged() {
            let (text, next) = (sanitize::line(text), sanitize::line(next));
            eprint_line(&format!("rpctl: {text}\n  next: {next}"));
        }
    }

    /// Prints a sentence below a table: people are told more than programs.
    pub(crate) fn remark(&self, text: &str) {
        if self.format == Format::Table && !self.quiet {
            self.write(ExitCode::Proven, format!("\n{text}\n").as_bytes());
        }
    }

    /// Prints a record, which is the only result: failing to write it is an error.
    pub(crate) fn print_record(&self, what: &str, bytes: &[u8]) -> Result<ExitCode> {
        if !self.quiet {
            write_stdout(bytes).with_context(|| format!("cannot write the {what}"))?;
        }
        Ok(ExitCode::Proven)
    }

    /// Prints a text, which is not made if it is not shown; returns the exit code as
    /// [`write`](Self::write) does.
    fn print_text(
        &self,
        code: ExitCode,
        text: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result,
    ) -> ExitCode {
        if self.quiet {
            code
        } else {
            self.written(code, write_text(text))
        }
    }

    /// Writes `bytes`, the result of a command that ends with `code`, and returns the exit
    /// code. A verdict stays if it cannot be written, for example because the disk is full;
    /// success does not. A truncated file of metrics looks complete, so that it is always an
    /// internal error.
    pub(crate) fn write(&self, code: ExitCode, bytes: &[u8]) -> ExitCode {
        self.written(code, write_stdout(bytes))
    }

    fn written(&self, code: ExitCode, result: io::Result<()>) -> ExitCode {
        match result {
            Ok(()) => code,
            Err(error) => {
                eprint_unwritten(&error);
                match self.format {
                    Format::Prometheus => ExitCode::Internal,
                    _ => self.exit_style.without_output(code),
                }
            }
        }
    }
}
