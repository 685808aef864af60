//! The command line, as clap reads it.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{FalseyValueParser, RangedU64ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, ValueHint};

use rpctl::manifest::integrity::{is_service_name, is_service_version};
use rpctl::protocol::frame::MAX_BODY;
use rpctl::responder::Limits;

use crate::examples;
use crate::exit_code::{ExitCode, ExitStyle};

/// Know which process you are talking to.
///
/// Daemons leave a record on disk: where they listen, their PID, boot ID,
/// executable and its digest. Records go stale. rpctl proves, step by step,
/// whether the process behind a record is the one it claims to be.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
#[command(after_help = exit_status(), after_long_help = exit_status_and_examples())]
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

fn names_a_format(name: &OsStr) -> bool {
    let name = name.to_str();
    name.is_some_and(|name| Format::from_str(name, false).is_ok())
}

/// The same that clap says about the value of an option.
fn wrong_variable(value: &OsStr, command: &clap::Command) -> clap::Error {
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
    Complete(CompleteArgs),
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
            Self::Complete(_) => "complete",
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
    /// input [default: $RPCTL_MANIFEST, else the registry's only live record]
    #[arg(value_name = "MANIFEST", value_hint = ValueHint::FilePath)]
    pub(crate) manifests: Vec<PathBuf>,
    /// The record of a service in the registry
    #[arg(long, value_name = "NAME[@VERSION]", conflicts_with = "manifests")]
    pub(crate) service: Option<Service>,
    /// Every record of the registry; one that holds none is an error
    #[arg(long, conflicts_with_all = ["manifests", "service", "endpoint"])]
    pub(crate) all: bool,
    /// Time for connecting, challenging and reading the answer, together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Try again until all is verified or this time is over: for a daemon that is
    /// just being started
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
#[command(after_long_help = examples::INSPECT_MANIFEST)]
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
    /// input [default: $RPCTL_MANIFEST, else the registry's only live record]
    #[arg(value_name = "MANIFEST", value_hint = ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,
    /// The record of a service in the registry
    #[arg(long, value_name = "NAME[@VERSION]", conflicts_with = "manifest")]
    pub(crate) service: Option<Service>,
}

/// A service of the registry, `NAME` or `NAME@VERSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
}

impl FromStr for Service {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        if version.is_some_and(|version| !is_service_version(version)) {
            return Err("a version is N.N.N, with an optional -suffix".to_owned());
        }
        Ok(Self {
            name: service_name(name)?,
            version: version.map(str::to_owned),
        })
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

/// Verify the daemon, ask it to terminate, and wait for its exit.
///
/// Nothing is signalled unless the process is proven to be the recorded one, or is
/// that process and merely does not answer. The signal (SIGTERM) goes to that very
/// process, whatever its number comes to mean. A daemon that is already gone is a
/// success.
#[derive(Debug, Args)]
#[command(after_long_help = examples::SHUTDOWN)]
pub(crate) struct ShutdownArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
    /// Kill it when it is still alive at the deadline
    #[arg(long)]
    pub(crate) force: bool,
}

/// Verify the daemon, kill it, and wait for its exit.
///
/// The last resort: it does not rely on the endpoint. The boot ID, the PID and the
/// digest must be proven, and either the daemon answers or it started before the
/// record was made. The signal (SIGKILL) goes to that very process.
#[derive(Debug, Args)]
#[command(after_long_help = examples::KILL)]
pub(crate) struct KillArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
}

/// What `shutdown` and `kill` have in common.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are flags of a command line"
)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Time for the daemon to exit, once signalled
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Time for connecting, challenging and reading the answer, together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) probe_timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    /// Show what would happen, with the exit status it would have
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Exit with status 3 when the daemon is already gone
    #[arg(long)]
    pub(crate) require_running: bool,
    /// Remove the record afterwards, if it still names that daemon
    #[arg(long)]
    pub(crate) remove_manifest: bool,
    /// Accept a record that others could have written
    #[arg(long)]
    pub(crate) trust_manifest: bool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Digest {
    Sha256,
    Blake3,
}

/// Start rpctl itself as a small daemon that answers probes, and record it.
///
/// Returns once the daemon has answered a probe, and prints where everything is.
/// The daemon ends on SIGTERM, SIGINT or after the idle time, and removes its
/// socket and record.
#[derive(Debug, Args)]
#[command(after_long_help = examples::SPAWN_SELF)]
pub(crate) struct SpawnArgs {
    /// Stay attached to the terminal
    #[arg(long, conflicts_with = "once")]
    pub(crate) foreground: bool,
    /// Test yourself: spawn, probe with the full report, stop, leave nothing
    #[arg(long, conflicts_with_all = ["manifest", "sidecar", "endpoint"])]
    pub(crate) once: bool,
    /// Where to write the record: .pb gives protobuf, - standard output, anything
    /// else JSON [default: the registry]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) manifest: Option<PathBuf>,
    /// Write an identity sidecar as well
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) sidecar: Option<PathBuf>,
    /// The socket to listen on [default: in a private directory below
    /// XDG_RUNTIME_DIR or the temporary directory]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) endpoint: Option<PathBuf>,
    /// Name of the service, of a-z, 0-9 and -
    #[arg(long, value_name = "NAME", default_value = "rpctl-self", value_parser = service_name)]
    pub(crate) service: String,
    /// Which digest a protobuf record carries
    #[arg(long, value_name = "ALGORITHM", default_value = "sha256")]
    pub(crate) digest: Digest,
    /// End after this time without a probe
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration)]
    pub(crate) idle_timeout: Duration,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
    /// Leave the session of the caller once ready.
    #[arg(long, hide = true, requires = "foreground")]
    pub(crate) detach: bool,
    /// End with the process of this number, which started this one.
    #[arg(long, hide = true, value_name = "PID", requires = "detach")]
    pub(crate) parent: Option<u32>,
}

/// What clients can make the daemon hold.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Limits on clients")]
pub(crate) struct LimitArgs {
    /// Connections held at once; a further one takes the place of the one longest
    /// without an answer
    #[arg(long, value_name = "NUMBER", default_value = "512", value_parser = at_least_one())]
    pub(crate) max_connections: usize,
    /// How long a client may keep its connection
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = duration)]
    pub(crate) client_timeout: Duration,
    /// Requests that a client may make on one connection
    #[arg(long, value_name = "NUMBER", default_value = "64", value_parser = at_least_one())]
    pub(crate) max_requests: usize,
    /// Largest request in bytes, of 64 to 65536; a challenge has some 60, and a
    /// trace context may add a few hundred
    #[arg(long, value_name = "BYTES", default_value = "8192", value_parser = request_size())]
    pub(crate) max_request_size: usize,
}

impl From<LimitArgs> for Limits {
    fn from(args: LimitArgs) -> Self {
        Self {
            connections: args.max_connections,
            connection_lifetime: args.client_timeout,
            requests_per_connection: args.max_requests,
            request_bytes: args.max_request_size,
        }
    }
}

/// Show every record of the registry with its verdict, a line each.
///
/// A listing that could be made is a success, whatever it shows: the exit status
/// is 0, unless the style of a health check is asked for, which is that of the
/// worst verdict; a registry without records is an error there. A file that cannot
/// be read is listed as such. `rpctl probe --all` shows every check, and exits with
/// the worst verdict.
#[derive(Debug, Args)]
#[command(after_long_help = examples::LIST)]
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
/// With a record goes the socket file that its daemon left, if it is dead. Kept is
/// everything else: what is alive or cannot be told, what may be from another
/// machine or container, manifests that name no daemon, and records that somebody
/// else could have written. Where a manifest leads to an identity file, that file
/// is removed and the manifest stays. Exits with status 9 if a stale record had to
/// be left behind.
#[derive(Debug, Args)]
#[command(after_long_help = examples::PRUNE)]
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
#[command(after_long_help = examples::COMPLETIONS)]
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

/// Print what a completion script can offer from the registry, a line each.
#[derive(Debug, Args)]
pub(crate) struct CompleteArgs {
    /// Of which kind
    pub(crate) what: Candidates,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Candidates {
    /// As --service takes them
    Services,
    /// Paths of records
    Manifests,
}

/// Print a page of the manual as roff; without a name, the names of the pages.
///
/// For those who maintain or package rpctl.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The page, like rpctl-probe.1
    pub(crate) page: Option<String>,
}

fn exit_status() -> String {
    format!("Exit status:\n{}", ExitCode::table())
}

fn exit_status_and_examples() -> String {
    format!("{}\n\n{}", exit_status(), examples::RPCTL)
}

fn exit_styles_and_examples() -> String {
    let styles = ExitStyle::table();
    format!(
        "Exit status, by --exit-style:\n{styles}\n\n{}",
        examples::PROBE
    )
}

/// A duration as people write it: `500ms`, `1.5s`, `10m`.
fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "not a duration; write it like 500ms, 1.5s or 10m".to_owned())?;
    match Duration::try_from(parsed) {
        Ok(Duration::ZERO) | Err(_) => Err("a duration must be longer than zero".to_owned()),
        Ok(duration) => Ok(duration),
    }
}

fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}

/// No smaller than a challenge, no larger than any frame.
fn request_size() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(64..=MAX_BODY as u64)
}

fn service_name(text: &str) -> Result<String, String> {
    if is_service_name(text) {
        Ok(text.to_owned())
    } else {
        Err("a service name has 1 to 64 of a-z, 0-9 and -".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn the_limits_of_the_daemon_are_those_of_the_library_unless_told_otherwise() {
        let arguments = ["rpctl", "spawn-self"];
        let parsed = <Cli as clap::Parser>::try_parse_from(arguments).unwrap();
        let Command::SpawnSelf(args) = parsed.command else {
            panic!("another command");
        };
        assert_eq!(Limits::from(args.limits), Limits::default());
    }

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("10m"), Ok(Duration::from_mins(10)));
        for wrong in ["", "5", "0s", "-1s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
