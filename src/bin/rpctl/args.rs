//! The definitions of the command line.

/// Returns the examples at the end of the long help of a command.
macro_rules! examples {
    ($command:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/bin/rpctl/examples/",
            $command,
            ".txt"
        ))
    };
}

/// Returns the end of the long help of a command.
macro_rules! exit_status_and_examples {
    ($command:literal) => {
        format!(
            "{}\n\n{}",
            crate::args::exit_status($command),
            examples!($command)
        )
    };
}

mod candidates;
mod one_command;
mod output;
mod probe;
mod process;
mod record;
mod registry;
mod required;
mod scripts;
mod spawn;
mod stop;
mod values;

use std::env;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(crate) use candidates::{service_names, user_locations, user_registry};
pub(crate) use output::{ExitArgs, Format, OUTPUT_VARIABLE, OutputArgs, has_exit_style, name_of};
use output::{names_a_format, offer_own_formats, variable_for, wrong_variable};
pub(crate) use probe::{CacheArgs, HashingArgs, ProbeArgs};
pub(crate) use process::{RecordArgs, SourceArgs};
pub(crate) use record::{Form, InspectArgs, TargetArgs};
pub(crate) use registry::{ListArgs, PruneArgs};
pub(crate) use required::RequiredArgs;
pub(crate) use scripts::{CompletionsArgs, ManArgs, Shell};
pub(crate) use spawn::{Digest, SpawnArgs};
pub(crate) use stop::{GrantArgs, KillArgs, ShutdownArgs, SignalArgs, StopArgs};
pub(crate) use values::Service;

use crate::exit_code::ExitCode;

/// Know which process you are talking to.
///
/// A record is any file that names a daemon: a PID file, a process record (of rpctl
/// record), or a manifest or sidecar that a daemon writes itself. Records go stale. rpctl
/// proves, step by step, whether the process behind a record is the one it claims to be.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
#[command(after_help = exit_status("rpctl"))]
#[command(after_long_help = exit_status_and_examples!("rpctl"))]
#[command(
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    /// The name of the command.
    #[arg(skip)]
    pub(crate) name: String,
}

impl Cli {
    /// Reads the command line.
    ///
    /// `$RPCTL_OUTPUT` is a preference: commands without that format fall back to
    /// `table`.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let named = env::args_os().nth(1);
        let one = named.and_then(|word| one_command::program(&word));
        if let Some(program) = one
            && let Ok(cli) = Self::read_with(in_this_environment(offer_own_formats(program)))
        {
            return Ok(cli);
        }
        Self::read_with(Self::definition())
    }

    fn read_with(mut command: clap::Command) -> Result<Self, clap::Error> {
        let matches = command.try_get_matches_from_mut(env::args_os())?;
        let mut cli =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let name = matches.subcommand_name().unwrap_or_default();
        name.clone_into(&mut cli.name);
        let source = matches.value_source("output");
        let is_preference = source == Some(ValueSource::EnvVariable);
        if is_preference && !cli.command.offers(cli.output.output) {
            cli.output.output = Format::Table;
        }
        let is_named = cli.output.json || source == Some(ValueSource::CommandLine);
        match env::var_os(OUTPUT_VARIABLE) {
            Some(value) if !is_named && !value.is_empty() && !names_a_format(&value) => {
                Err(wrong_variable(&value, &command.color(cli.output.color)))
            }
            _ => Ok(cli),
        }
    }

    /// Returns the definitions, as the help and the manual show them.
    pub(crate) fn documented() -> clap::Command {
        offer_own_formats(Self::command())
    }

    /// Returns the definitions for this environment.
    pub(crate) fn definition() -> clap::Command {
        in_this_environment(Self::documented())
    }
}

/// Lets the variable of the environment choose the format.
///
/// A variable that names no format of a command is left out, so that clap does not report
/// an option that is not on the command line; [`Cli::read`] reports a variable that names
/// none at all.
fn in_this_environment(program: clap::Command) -> clap::Command {
    let own = variable_for(&Format::OF_EVERYTHING);
    let any = variable_for(Format::value_variants());
    let program = program.mut_arg("output", |output| output.env(any));
    program.mut_subcommands(|command| {
        if has_exit_style(&command) {
            command
        } else {
            command.mut_arg("output", |output| output.env(own))
        }
    })
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(visible_alias = "status")]
    Probe(ProbeArgs),
    InspectManifest(InspectArgs),
    Record(RecordArgs),
    Shutdown(ShutdownArgs),
    Kill(KillArgs),
    Signal(SignalArgs),
    SpawnSelf(SpawnArgs),
    List(ListArgs),
    Prune(PruneArgs),
    Completions(CompletionsArgs),
    #[command(hide = true)]
    Man(ManArgs),
}

impl Command {
    /// Returns how the exit status is chosen, or `None` if the caller has no choice.
    pub(crate) fn exit(&self) -> Option<ExitArgs> {
        match self {
            Self::Probe(args) => Some(args.exit),
            Self::List(args) => Some(args.exit),
            _ => None,
        }
    }

    /// Returns whether the command has results in this format: some formats consist of
    /// verdicts.
    pub(crate) fn offers(&self, format: Format) -> bool {
        Format::OF_EVERYTHING.contains(&format) || self.exit().is_some()
    }
}

fn exit_status(command: &str) -> String {
    format!("Exit status:\n{}", ExitCode::table(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
