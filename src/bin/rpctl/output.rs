//! Where a result goes, in the format that was asked for.

mod watch_display;

pub(crate) use watch_display::Live;

use std::io::{self, IsTerminal, Write};

use rpctl::Report;

use crate::args::{ColorWhen, Command, Format, OutputArgs};
use crate::exit_code::{ExitCode, ExitStyle};
use crate::failure::{self, Failure};
use crate::render::action::Action;
use crate::render::findings::{Findings, Layout, Renderer, Trouble};
use crate::render::github::Github;
use crate::render::json::report::{Diagnosis, InspectDocument, ReportDocument, SpawnDocument};
use crate::render::json::text::{self as json, Json};
use crate::render::junit::Junit;
use crate::render::nagios::Nagios;
use crate::render::ndjson::Ndjson;
use crate::render::prometheus::Prometheus;
use crate::render::sanitize;
use crate::render::table::prune::{self, PruneDocument, Pruned};
use crate::render::table::report::{self as table, Table};
use crate::render::table::style::Styles;
use crate::render::table::{inspection as inspect, spawned};

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
    layout: Layout,
    /// Each document on a line of its own.
    one_line: bool,
}

impl Output {
    pub(crate) fn new(args: &OutputArgs, command: &Command) -> Self {
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
            width: (!args.wide).then(width),
            styles: Styles::new(format == Format::Table && wants_color(args.color)),
            layout: Layout::ByCount,
            one_line: false,
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
            layout: Layout::ByCount,
            one_line: false,
        }
    }

    /// Show any number of reports as a list.
    pub(crate) fn as_list(self) -> Self {
        let layout = Layout::List;
        Self { layout, ..self }
    }

    /// Show any number of reports as a list, a line each; their verdicts are what
    /// was asked for, and no failure.
    pub(crate) fn as_listing(self) -> Self {
        let layout = Layout::Listing;
        Self { layout, ..self }
    }

    /// Show reports again and again: what is a list takes a line for each, and a
    /// document takes a line.
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

    /// The same on a terminal whose size may have changed.
    pub(crate) fn resized(self) -> Self {
        let width = self.width.map(|_| width());
        Self { width, ..self }
    }

    /// The one place that knows which format is which.
    fn renderer(&self) -> Box<dyn Renderer> {
        let Self {
            width,
            styles,
            one_line,
            ..
        } = *self;
        match self.format {
            Format::Table => Box::new(Table { width, styles }),
            Format::Json => Box::new(Json { one_line }),
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

    /// Whether the result is to say that all is well, where others list what is
    /// there.
    pub(crate) fn is_health_check(&self) -> bool {
        self.exit_style != ExitStyle::Rpctl || self.format == Format::Nagios
    }

    /// Whether standard output and standard error are read as one: then what is in
    /// the result is not said again, and nothing else is.
    pub(crate) fn is_all_there_is(&self) -> bool {
        matches!(self.format, Format::Nagios | Format::Github)
    }

    /// Whether one result can follow another.
    pub(crate) fn can_go_on(&self) -> bool {
        matches!(self.format, Format::Table | Format::Json | Format::Ndjson)
    }

    fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Print any number of reports; the exit code they amount to.
    pub(crate) fn print_diagnoses(&self, command: &str, diagnoses: &[Diagnosis]) -> ExitCode {
        let code = self.code_of(diagnoses);
        self.print(code, || self.render_diagnoses(command, code, diagnoses))
    }

    /// The exit code that any number of reports amount to.
    pub(crate) fn code_of(&self, diagnoses: &[Diagnosis]) -> ExitCode {
        match (self.layout, self.exit_style) {
            // Other styles are those of health checks, which ask for the verdict.
            (Layout::Listing, ExitStyle::Rpctl) => ExitCode::Proven,
            (_, style) => style.worst(diagnoses.iter().map(|one| ExitCode::from(&one.report))),
        }
    }

    pub(crate) fn render_diagnoses(
        &self,
        command: &str,
        code: ExitCode,
        diagnoses: &[Diagnosis],
    ) -> String {
        self.renderer().findings(&Findings {
            command,
            style: self.exit_style,
            code,
            layout: self.layout,
            diagnoses,
        })
    }

    /// Print an error that leaves nothing to report on, where the format has a way
    /// to say it.
    pub(crate) fn print_trouble(&self, trouble: &Trouble<'_>) {
        self.print(trouble.code, || self.renderer().trouble(trouble));
    }

    /// Print what was done to a daemon; the exit code it amounts to.
    pub(crate) fn print_action(
        &self,
        command: &str,
        report: &Report,
        action: &Action,
        error: Option<&Failure>,
    ) -> ExitCode {
        self.print(action.code, || {
            if self.is_json() {
                json::render(&ReportDocument::with_action(command, report, action, error))
            } else {
                table::render_action(report, action, self.width, &self.styles)
            }
        })
    }

    /// Print what was removed from the registry, and what was not; the exit code it
    /// amounts to.
    pub(crate) fn print_pruned(&self, pruned: &Pruned) -> ExitCode {
        self.print(pruned.code(), || {
            if self.is_json() {
                json::render(&PruneDocument::new(pruned))
            } else {
                prune::render(pruned, self.width, &self.styles)
            }
        })
    }

    /// Say something beside the result.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet && !self.is_all_there_is() {
            tell(&format!("rpctl: {}", sanitize::line(text)));
        }
    }

    /// Print what a record says; the exit code it amounts to.
    pub(crate) fn print_inspection(
        &self,
        code: ExitCode,
        document: &InspectDocument<'_>,
    ) -> ExitCode {
        self.print(code, || {
            if self.is_json() {
                json::render(document)
            } else {
                inspect::render(document, self.width, &self.styles)
            }
        })
    }

    /// Print where a daemon is that was started; the exit code it amounts to.
    pub(crate) fn print_spawned(&self, document: &SpawnDocument) -> ExitCode {
        self.print(ExitCode::Proven, || {
            if self.is_json() {
                json::render(document)
            } else {
                spawned::render(document, &self.styles)
            }
        })
    }

    /// A record is all that was asked for: failing to write it is an error.
    pub(crate) fn print_record(&self, bytes: &[u8]) -> io::Result<()> {
        if self.quiet { Ok(()) } else { write_out(bytes) }
    }

    pub(crate) fn styles(&self) -> &Styles {
        &self.styles
    }

    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Whether results are tables for people.
    pub(crate) fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Print a result that amounts to `code`; what it amounts to then. What nobody
    /// sees is not made either.
    pub(crate) fn print(&self, code: ExitCode, text: impl FnOnce() -> String) -> ExitCode {
        if self.quiet {
            code
        } else {
            self.write(code, text().as_bytes())
        }
    }

    /// The same with bytes. A full disk changes nothing about what was found, and a
    /// verdict stays what it is; but a result that nobody got is no success, and half
    /// a file of metrics looks like a whole one.
    pub(crate) fn write(&self, code: ExitCode, bytes: &[u8]) -> ExitCode {
        match write_out(bytes) {
            Err(error) => {
                failure::say_unwritten(&error);
                match self.format {
                    Format::Prometheus => ExitCode::Internal,
                    _ => self.exit_style.without_output(code),
                }
            }
            Ok(()) => code,
        }
    }
}

fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0))
}

fn write_out(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    unless_unread(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Say something on standard error. Where that cannot be written to, the exit status
/// still says it.
pub(crate) fn tell(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A reader that has gone had enough.
pub(crate) fn unless_unread(written: io::Result<()>) -> io::Result<()> {
    match written {
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
