//! How results are shown, and which exit status they have.

use std::ffi::OsStr;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, ValueEnum};

use crate::exit_code::ExitStyle;

/// Names the form of the report where no argument does.
pub(crate) const OUTPUT_VARIABLE: &str = "RPCTL_OUTPUT";

/// How results are shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Form of the report
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        env = OUTPUT_VARIABLE,
        default_value = "table"
    )]
    pub(crate) output: Format,
    /// Short for --output json
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print nothing; the exit status says it all
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show whole digests and paths, however wide the table gets
    #[arg(long, global = true)]
    pub(crate) wide: bool,
    /// When to use colours; auto obeys NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorWhen,
}

impl OutputArgs {
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.output }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs; a stable interface
    Json,
    /// The same, a line for each record (probe, list)
    Ndjson,
    /// Test results, for CI systems (probe, list)
    Junit,
    /// A plugin for Nagios, Icinga and their kin (probe, list)
    Nagios,
    /// Metrics, for the textfile collector of node_exporter (probe, list)
    Prometheus,
    /// Annotations in the log of a GitHub Actions job (probe, list)
    Github,
}

impl Format {
    /// The forms that every result has.
    pub(crate) const OF_EVERYTHING: [Self; 2] = [Self::Table, Self::Json];

    /// The name on the command line.
    pub(crate) fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

impl From<ColorWhen> for clap::ColorChoice {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Auto => Self::Auto,
            ColorWhen::Always => Self::Always,
            ColorWhen::Never => Self::Never,
        }
    }
}

/// Whether this is a command whose results are verdicts.
pub(crate) fn has_exit_style(command: &clap::Command) -> bool {
    let mut arguments = command.get_arguments();
    arguments.any(|argument| argument.get_id() == "exit_style")
}

/// Whose convention the exit status follows.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ExitArgs {
    /// Whose exit status to return [default: nagios with --output nagios, else
    /// rpctl]
    #[arg(long, value_name = "STYLE")]
    pub(crate) exit_style: Option<ExitStyle>,
}

impl ExitArgs {
    /// The style for results in this form: who reads a plugin's text reads its
    /// status as well.
    pub(crate) fn style(self, format: Format) -> ExitStyle {
        match (self.exit_style, format) {
            (Some(style), _) => style,
            (None, Format::Nagios) => ExitStyle::Nagios,
            (None, _) => ExitStyle::default(),
        }
    }
}

/// Whether a variable names a form of the report.
pub(super) fn names_a_format(name: &OsStr) -> bool {
    let name = name.to_str();
    name.is_some_and(|name| Format::from_str(name, false).is_ok())
}

/// The same that clap says about the value of an option.
pub(super) fn wrong_variable(value: &OsStr, command: &clap::Command) -> clap::Error {
    let text = |text: &str| ContextValue::String(text.to_owned());
    let names = Format::value_variants().iter().map(|format| format.name());
    let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
    error.insert(ContextKind::InvalidArg, text(OUTPUT_VARIABLE));
    error.insert(ContextKind::InvalidValue, text(&value.to_string_lossy()));
    error.insert(
        ContextKind::ValidValue,
        ContextValue::Strings(names.collect()),
    );
    error
}
