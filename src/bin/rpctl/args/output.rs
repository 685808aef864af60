//! The options for the output and for the exit status.

use std::env;
use std::ffi::{OsStr, OsString};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Args, ColorChoice, Command, ValueEnum};

use crate::exit_code::ExitStyle;

/// Names the output format if `--output` is not given.
pub(crate) const OUTPUT_VARIABLE: &str = "RPCTL_OUTPUT";

/// The options that every command has for its output.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(crate) struct OutputArgs {
    /// Output format
    #[arg(
        short,
        long,
        global = true,
        value_name = "FORMAT",
        env = OUTPUT_VARIABLE,
        default_value = "table"
    )]
    pub(crate) output: Format,
    /// Same as --output json
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print nothing; only set the exit status
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show each of several reports in full in tables, also of daemons that are verified
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Do not shorten digests and paths in tables
    #[arg(long, global = true)]
    pub(crate) wide: bool,
    /// When to use colours; auto respects NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

impl OutputArgs {
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.output }
    }
}

/// The format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables for people
    Table,
    /// One JSON document; a stable interface for programs
    Json,
    /// One JSON document per record and line (probe, list)
    Ndjson,
    /// Test results for CI systems (probe, list)
    Junit,
    /// Plugin output for Nagios and Icinga (probe, list)
    Nagios,
    /// Metrics for the textfile collector of node_exporter (probe, list)
    Prometheus,
    /// Annotations for GitHub Actions (probe, list)
    Github,
}

impl Format {
    /// The formats that every command has.
    pub(crate) const OF_EVERYTHING: [Self; 2] = [Self::Table, Self::Json];
}

/// Offers each command only the formats that it has, instead of the option of all commands.
pub(super) fn offer_own_formats(program: Command) -> Command {
    let is_output = |argument: &&Arg| argument.get_id() == "output";
    let Some(output) = program.get_arguments().find(is_output).cloned() else {
        return program;
    };
    let names = Format::OF_EVERYTHING
        .iter()
        .filter_map(Format::to_possible_value);
    let parser = PossibleValuesParser::new(names).try_map(|name| Format::from_str(&name, false));
    let output = output.value_parser(parser).global(false);
    program.mut_subcommands(|command| {
        if has_exit_style(&command) {
            command
        } else {
            command.arg(output.clone())
        }
    })
}

/// Returns the variable that names a format, if it names one of those that an option has. An
/// empty variable counts as unset, because CI systems export empty ones.
pub(super) fn variable_for(formats: &[Format]) -> Option<&'static str> {
    let is_of_use = |value: OsString| {
        let named = value.to_str().map(|name| Format::from_str(name, false));
        named.is_some_and(|named| named.is_ok_and(|format| formats.contains(&format)))
    };
    env::var_os(OUTPUT_VARIABLE)
        .is_none_or(is_of_use)
        .then_some(OUTPUT_VARIABLE)
}

/// Returns the name of a value on the command line.
pub(crate) fn name_of(value: &impl ValueEnum) -> String {
    let value = value.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Returns whether the results of a command are verdicts.
pub(crate) fn has_exit_style(command: &Command) -> bool {
    let mut arguments = command.get_arguments();
    arguments.any(|argument| argument.get_id() == "exit_style")
}

/// The convention that the exit status follows.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ExitArgs {
    /// Convention for the exit status [default: nagios with --output nagios, else rpctl]
    #[arg(long, value_name = "STYLE")]
    pub(crate) exit_style: Option<ExitStyle>,
}

impl ExitArgs {
    /// Returns the style for results in this format: a monitor that reads the text of a
    /// plugin reads its exit status as well.
    pub(crate) fn style(self, format: Format) -> ExitStyle {
        self.exit_style.unwrap_or(match format {
            Format::Nagios => ExitStyle::Nagios,
            _ => ExitStyle::default(),
        })
    }
}

/// Returns whether the value of a variable names an output format.
pub(super) fn names_a_format(name: &OsStr) -> bool {
    let name = name.to_str();
    name.is_some_and(|name| Format::from_str(name, false).is_ok())
}

/// Returns the error that clap reports for a wrong value of an option, for the variable.
pub(super) fn wrong_variable(value: &OsStr, command: &Command) -> clap::Error {
    let text = |text: &str| ContextValue::String(text.to_owned());
    let names = Format::value_variants().iter().map(name_of);
    let mut error = clap::Error::new(ErrorKind::InvalidValue).with_cmd(command);
    error.insert(ContextKind::InvalidArg, text(OUTPUT_VARIABLE));
    error.insert(ContextKind::InvalidValue, text(&value.to_string_lossy()));
    error.insert(
        ContextKind::ValidValue,
        ContextValue::Strings(names.collect()),
    );
    error
}
