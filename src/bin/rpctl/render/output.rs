//! Where a result goes, in the format that was asked for.

use std::io::{self, IsTerminal, Write};

use rpctl::Report;

use super::action::Action;
use super::document::{Diagnosis, InspectDocument, ReportDocument, SpawnDocument};
use super::format::{Findings, Renderer, Trouble};
use super::github::Github;
use super::json::Json;
use super::junit::Junit;
use super::nagios::Nagios;
use super::ndjson::Ndjson;
use super::prometheus::Prometheus;
use super::style::Styles;
use super::table::Table;
use super::{inspect, json, sanitize, spawned, table};
use crate::args::{ColorWhen, Command, Format, OutputArgs};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::failure::Failure;

/// Columns of a table that goes to no terminal.
const DEFAULT_WIDTH: usize = 80;

/// Where results go, and how they look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    format: Format,
    exit_style: ExitStyle,
    quiet: bool,
    /// `None`: as wide as it gets.
    width: Option<usize>,
    styles: Styles,
}

impl Output {
    pub(crate) fn new(args: &OutputArgs, command: &Command) -> Self {
        let terminal = terminal_size::terminal_size_of(io::stdout());
        let width = terminal.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        let format = args.format();
        let exit = command.exit().map(|exit| exit.style(format));
        Self {
            // A form that is refused is no form to refuse in.
            format: if command.offers(format) {
                format
            } else {
                Format::Table
            },
            exit_style: exit.unwrap_or_default(),
            quiet: args.quiet,
            width: (!args.wide).then_some(width),
            styles: Styles::new(format == Format::Table && wants_color(args.color)),
        }
    }

    /// For errors of the command line itself.
    pub(crate) fn of_usage(format: Format, exit_style: ExitStyle) -> Self {
        Self {
            format,
            exit_style,
            quiet: false,
            width: None,
            styles: Styles::new(false),
        }
    }

    /// The one place that knows which format is which.
    fn renderer(&self) -> Box<dyn Renderer> {
        let Self { width, styles, .. } = *self;
        match self.format {
            Format::Table => Box::new(Table { width, styles }),
            Format::Json => Box::new(Json),
            Format::Ndjson => Box::new(Ndjson),
            Format::Junit => Box::new(Junit),
            Format::Nagios => Box::new(Nagios),
            Format::Prometheus => Box::new(Prometheus),
            Format::Github => Box::new(Github),
        }
    }

    pub(crate) fn exit_style(&self) -> ExitStyle {
        self.exit_style
    }

    /// Whether standard output and standard error are read as one: then what is in
    /// the result is not said again, and nothing else is.
    pub(crate) fn is_all_there_is(&self) -> bool {
        matches!(self.format, Format::Nagios | Format::Github)
    }

    fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Print any number of reports; the exit code they amount to.
    pub(crate) fn print_diagnoses(&self, command: &str, diagnoses: &[Diagnosis]) -> ExitCode {
        let codes = diagnoses.iter().map(|one| ExitCode::from(&one.report));
        let code = self.exit_style.worst(codes);
        self.print(|| {
            self.renderer().findings(&Findings {
                command,
                style: self.exit_style,
                code,
                diagnoses,
            })
        });
        code
    }

    /// Print an error that leaves nothing to report on, where the format has a way
    /// to say it.
    pub(crate) fn print_trouble(&self, trouble: &Trouble<'_>) {
        self.print(|| self.renderer().trouble(trouble));
    }

    /// Print what was done to a daemon; the exit code it amounts to.
    pub(crate) fn print_action(
        &self,
        command: &str,
        report: &Report,
        action: &Action,
        error: Option<&Failure>,
    ) -> ExitCode {
        self.print(|| {
            if self.is_json() {
                json::render(&ReportDocument::with_action(command, report, action, error))
            } else {
                table::render_action(report, action, self.width, &self.styles)
            }
        });
        action.code
    }

    /// Say something beside the result.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.is_all_there_is() {
            anstream::eprintln!("rpctl: {}", sanitize::line(text));
        }
    }

    pub(crate) fn print_inspection(&self, document: &InspectDocument<'_>) {
        self.print(|| {
            if self.is_json() {
                json::render(document)
            } else {
                inspect::render(document, self.width, &self.styles)
            }
        });
    }

    pub(crate) fn print_spawned(&self, document: &SpawnDocument) {
        self.print(|| {
            if self.is_json() {
                json::render(document)
            } else {
                spawned::render(document, &self.styles)
            }
        });
    }

    /// A record is all that was asked for: failing to write it is an error.
    pub(crate) fn print_record(&self, bytes: &[u8]) -> io::Result<()> {
        if self.quiet { Ok(()) } else { write_out(bytes) }
    }

    /// What nobody sees is not made either.
    fn print(&self, text: impl FnOnce() -> String) {
        if !self.quiet {
            self.write(text().as_bytes());
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
