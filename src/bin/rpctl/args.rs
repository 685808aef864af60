//! The command line, as clap reads it.

mod candidates;
mod output;
mod spawn;
mod stop;
mod values;

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};

pub(crate) use candidates::user_registry;
use candidates::{records, services};
pub(crate) use output::{ColorWhen, ExitArgs, Format, OUTPUT_VARIABLE, OutputArgs, has_exit_style};
use output::{names_a_format, wrong_variable};
pub(crate) use spawn::{Digest, SpawnArgs};
pub(crate) use stop::{KillArgs, ShutdownArgs, StopArgs};
pub(crate) use values::Service;
use values::duration;

use crate::examples;
use crate::exit_code::{ExitCode, ExitStyle};

/// Know which process you are talking to.
///
/// Daemons leave a record on disk: where they listen, their PID, boot ID,
/// executable and its digest. Records go stale. rpctl proves, step by step,
/// whether the process behind a record is the one it claims to be.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
#[command(after_help = exit_status("rpctl"))]
#[command(after_long_help = exit_status_and_examples("rpctl", examples::RPCTL))]
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
}

impl Cli {
    /// Read the command line.
    ///
    /// A form of the report that only the environment asks for is a preference: it
    /// counts for the commands that have it.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        let mut command = Self::definition();
        let matches = command.try_get_matches_from_mut(env::args_os())?;
        let mut cli =
            Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
        let source = matches.value_source("output");
        let is_preference = source == Some(ValueSource::EnvVariable);
        if is_preference && !cli.command.offers(cli.output.output) {
            cli.output.output = Format::Table;
        }
        let is_named = cli.output.json || source == Some(ValueSource::CommandLine);
        match env::var_os(OUTPUT_VARIABLE) {
            Some(value) if !is_named && !value.is_empty() && !names_a_format(&value) => Err(
                wrong_variable(&value, &command.color(cli.output.color.into())),
            ),
            _ => Ok(cli),
        }
    }

    /// The definitions, for this environment. A variable that is set and empty counts
    /// as unset, for CI systems export empty ones; and one that names no format is
    /// not taken for an option that nobody wrote.
    pub(crate) fn definition() -> clap::Command {
        let value = env::var_os(OUTPUT_VARIABLE);
        let is_of_use = value.is_none_or(|value| names_a_format(&value));
        Self::command().mut_arg("output", |output| {
            if is_of_use {
                output
            } else {
                output.env(None::<&'static str>)
            }
        })
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Probe(ProbeArgs),
    InspectManifest(InspectArgs),
    Shutdown(ShutdownArgs),
    Kill(KillArgs),
    SpawnSelf(SpawnArgs),
    List(ListArgs),
    Prune(PruneArgs),
    Completions(CompletionsArgs),
    #[command(hide = true)]
    Man(ManArgs),
}

impl Command {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Probe(_) => "probe",
            Self::InspectManifest(_) => "inspect-manifest",
            Self::Shutdown(_) => "shutdown",
            Self::Kill(_) => "kill",
            Self::SpawnSelf(_) => "spawn-self",
            Self::List(_) => "list",
            Self::Prune(_) => "prune",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    /// How the exit status is chosen; `None` where it is not the caller's choice.
    pub(crate) fn exit(&self) -> Option<ExitArgs> {
        match self {
            Self::Probe(args) => Some(args.exit),
            Self::List(args) => Some(args.exit),
            _ => None,
        }
    }

    /// Whether results come in this form: some are made of verdicts alone.
    pub(crate) fn offers(&self, format: Format) -> bool {
        Format::OF_EVERYTHING.contains(&format) || self.exit().is_some()
    }
}

/// Check whether the process behind a record is the one it claims to be.
///
/// Every check is run and reported: the record itself, the host, the socket, who
/// serves it, the challenge, the boot, the process, when it started, which file
/// it runs, and the digest of that. A manifest that names no daemon leads to the
/// identity files in its roots. Several daemons are probed at once, and the exit
/// status is that of the worst verdict.
#[derive(Debug, Args)]
#[command(after_long_help = exit_styles_and_examples())]
pub(crate) struct ProbeArgs {
    /// The records: manifests (.pb or JSON) or identity sidecars; - reads standard
    /// input [default: $RPCTL_RECORD, else the registry's only live record]
    #[arg(value_name = "RECORD", value_hint = ValueHint::FilePath, add = ArgValueCompleter::new(records))]
    pub(crate) records: Vec<PathBuf>,
    /// The record of a service in the registry
    #[arg(long, value_name = "NAME[@VERSION]", conflicts_with = "records", add = ArgValueCandidates::new(services))]
    pub(crate) service: Option<Service>,
    /// Every record of the registry; one that holds none is an error
    #[arg(long, conflicts_with_all = ["records", "service", "endpoint"])]
    pub(crate) all: bool,
    /// Time for connecting, challenging and reading the answer, together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Try again until all is verified or this time is over: for a daemon that is
    /// just being started, and may have no record yet
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) wait: Option<Duration>,
    /// Probe again at this interval until interrupted: a live table, or one JSON
    /// document a line; an error is a round like any other
    #[arg(long, value_name = "INTERVAL", value_parser = duration, conflicts_with = "wait")]
    pub(crate) watch: Option<Duration>,
    /// The endpoint that the record must name, else nothing is contacted
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) endpoint: Option<String>,
    /// Count warnings as "cannot tell" (exit status 4)
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    #[command(flatten)]
    pub(crate) exit: ExitArgs,
}

/// How long hashing may take.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct HashingArgs {
    /// Time for hashing one executable
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) hash_timeout: Duration,
}

/// Whether digests are kept for the next run.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CacheArgs {
    /// Keep the digests of executables for the next run, until they change or the
    /// host is started anew
    #[arg(long, env = "RPCTL_DIGEST_CACHE", value_parser = FalseyValueParser::new())]
    pub(crate) digest_cache: bool,
}

/// Show and validate a record; touches no process and no socket.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("inspect-manifest", examples::INSPECT_MANIFEST))]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Print the record alone, in another form
    #[arg(long, value_name = "FORM")]
    pub(crate) convert: Option<Form>,
    /// Which digest a protobuf record carries, where both are known
    #[arg(
        long,
        value_name = "ALGORITHM",
        default_value = "sha256",
        requires = "convert"
    )]
    pub(crate) digest: Digest,
}

/// Which record a command is about.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// The record: a manifest (.pb or JSON) or an identity sidecar; - reads standard
    /// input [default: $RPCTL_RECORD, else the registry's only live record]
    #[arg(value_name = "RECORD", value_hint = ValueHint::FilePath, add = ArgValueCompleter::new(records))]
    pub(crate) record: Option<PathBuf>,
    /// The record of a service in the registry
    #[arg(long, value_name = "NAME[@VERSION]", conflicts_with = "record", add = ArgValueCandidates::new(services))]
    pub(crate) service: Option<Service>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Readable text with every field
    Json,
    /// The form daemons keep in the registry
    Protobuf,
    /// The identity alone, as JSON
    Sidecar,
}

/// Show every record of the registry with its verdict, a line each.
///
/// A listing that could be made is a success, whatever it shows: the exit status
/// is 0, unless the style of a health check is asked for, which is that of the
/// worst verdict; a registry without records is an error there. A file that cannot
/// be read is listed as such. `rpctl probe --all` shows every check, and exits with
/// the worst verdict.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("list", examples::LIST))]
pub(crate) struct ListArgs {
    /// Time for connecting, challenging and reading the answer, together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    #[command(flatten)]
    pub(crate) exit: ExitArgs,
}

/// Remove the records of the registry whose daemons are provably gone.
///
/// With a record goes the socket file that its daemon left, if it is dead and nobody
/// else could have put it there. Kept is everything else: what is alive or cannot be
/// told, what may be from another machine or container, manifests that name no
/// daemon, and records that somebody else could have written. Where a manifest leads
/// to an identity file, that file is removed and the manifest stays. Exits with
/// status 9 if a stale record had to be left behind.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("prune", examples::PRUNE))]
pub(crate) struct PruneArgs {
    /// Show what would be removed, with the exit status it would have
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Time for connecting, challenging and reading the answer, together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
}

/// Print a script that completes the command line in a shell.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("completions", examples::COMPLETIONS))]
pub(crate) struct CompletionsArgs {
    /// The shell that is to load it
    pub(crate) shell: Shell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
    Nushell,
}

/// Print a page of the manual as roff; without a name, the names of the pages.
///
/// For those who maintain or package rpctl.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The page, like rpctl-probe.1
    pub(crate) page: Option<String>,
}

fn exit_status(command: &str) -> String {
    format!("Exit status:\n{}", ExitCode::table(command))
}

fn exit_status_and_examples(command: &str, examples: &str) -> String {
    format!("{}\n\n{examples}", exit_status(command))
}

fn exit_styles_and_examples() -> String {
    let styles = ExitStyle::table();
    format!(
        "Exit status, by --exit-style:\n{styles}\n\n{}",
        examples::PROBE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
