//! Where a result goes, in the format that was asked for.

use std::io::{self, IsTerminal, Write};

use rpctl::Report;
use serde::Serialize;

use super::action::Action;
use super::document::{Diagnosis, InspectDocument, ReportDocument, ReportsDocument, SpawnDocument};
use super::style::Styles;
use super::{inspect, json, sanitize, spawned, table};
use crate::args::{ColorWhen, Format, OutputArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// Columns of a table that goes to no terminal.
const DEFAULT_WIDTH: usize = 80;

/// Where results go, and how they look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    format: Format,
    quiet: bool,
    /// `None`: as wide as it gets.
    width: Option<usize>,
    styles: Styles,
}

impl Output {
    pub(crate) fn new(args: &OutputArgs) -> Self {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        let width = terminal.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        let format = if args.json { Format::Json } else { args.output };
        Self {
            format,
            quiet: args.quiet,
            width: (!args.wide).then_some(width),
            styles: Styles::new(format == Format::Table && wants_color(args.color)),
        }
    }

    /// For errors of the command line itself.
    pub(crate) fn json() -> Self {
        Self {
            format: Format::Json,
            quiet: false,
            width: None,
            styles: Styles::new(false),
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Print one report; the exit code it amounts to.
    pub(crate) fn print_report(
        &self,
        command: &str,
        report: &Report,
        error: Option<&Failure>,
    ) -> ExitCode {
        match self.format {
            Format::Table => self.print(&table::render(report, self.width, &self.styles)),
            Format::Json => self.print_json(&ReportDocument::alone(command, report, error)),
        }
        report.verdict.into()
    }

    /// Print what was done to a daemon; the exit code it amounts to.
    pub(crate) fn print_action(
        &self,
        command: &str,
        report: &Report,
        action: &Action,
        error: Option<&Failure>,
    ) -> ExitCode {
        match self.format {
            Format::Table => {
                self.print(&table::render_action(
                    report,
                    action,
                    self.width,
                    &self.styles,
                ));
            }
            Format::Json => {
                self.print_json(&ReportDocument::with_action(command, report, action, error));
            }
        }
        action.code
    }

    /// Say something beside the result.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            anstream::eprintln!("rpctl: {}", sanitize::line(text));
        }
    }

    /// Print any number of reports; the exit code they amount to.
    pub(crate) fn print_diagnoses(&self, command: &str, diagnoses: &[Diagnosis]) -> ExitCode {
        if let [one] = diagnoses {
            return self.print_report(command, &one.report, one.error.as_ref());
        }
        let code = ExitCode::worst(diagnoses.iter().map(|one| one.report.verdict));
        match self.format {
            Format::Table => {
                self.print(&table::render_several(diagnoses, self.width, &self.styles));
            }
            Format::Json => self.print_json(&ReportsDocument::new(command, code, diagnoses)),
        }
        code
    }

    pub(crate) fn print_inspection(&self, document: &InspectDocument<'_>) {
        match self.format {
            Format::Table => self.print(&inspect::render(document, self.width, &self.styles)),
            Format::Json => self.print_json(document),
        }
    }

    pub(crate) fn print_spawned(&self, document: &SpawnDocument) {
        match self.format {
            Format::Table => self.print(&spawned::render(document, &self.styles)),
            Format::Json => self.print_json(document),
        }
    }

    pub(crate) fn print_json(&self, document: &impl Serialize) {
        self.print(&json::render(document));
    }

    /// A record is all that was asked for: failing to write it is an error.
    pub(crate) fn print_record(&self, bytes: &[u8]) -> io::Result<()> {
        if self.quiet { Ok(()) } else { write_out(bytes) }
    }

    fn print(&self, text: &str) {
        if !self.quiet {
            self.write(text.as_bytes());
        }
    }

    /// A full disk changes nothing about what was found: the exit status still
    /// tells.
    #[expect(clippy::unused_self, reason = "all printing goes through the output")]
    pub(crate) fn write(&self, bytes: &[u8]) {
        if let Err(error) = write_out(bytes) {
            anstream::eprintln!("rpctl: cannot write to standard output: {error}");
        }
    }
}

/// A reader that has gone had enough.
fn write_out(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Standard conventions, in anstream's reading of them.
fn wants_color(when: ColorWhen) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => {
            anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
    }
}

/// Whether standard output is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}
