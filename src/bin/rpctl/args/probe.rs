//! `rpctl probe`, and the options of every command that probes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};

use super::candidates::{files, records, services};
use super::output::ExitArgs;
use super::required::RequiredArgs;
use super::values::{Service, duration};
use crate::exit_code::ExitStyle;

/// Check whether the process of a record is the one it claims to be.
///
/// Runs and reports every check: the record, the host, the socket, the process that
/// serves it, the challenge, the boot, the process, its start time, its executable and
/// the digest of that. If a manifest names no daemon, the identity files in its cache
/// roots are probed. Several daemons are probed at the same time, and the exit status is
/// that of the worst verdict.
#[derive(Debug, Args)]
#[command(after_long_help = exit_styles_and_examples())]
pub(crate) struct ProbeArgs {
    /// Records to probe (files, or the names of services); - reads standard input
    /// [default: $RPCTL_RECORD, else the only live record of the registry]
    #[arg(value_name = "RECORD", add = ArgValueCompleter::new(records))]
    pub(crate) records: Vec<PathBuf>,
    /// Probe the record of this service in the registry
    #[arg(
        long,
        value_name = "NAME[@VERSION]",
        conflicts_with = "records",
        add = ArgValueCandidates::new(services)
    )]
    pub(crate) service: Option<Service>,
    /// Probe every record in the registry; an empty registry is an error
    #[arg(long, conflicts_with_all = ["records", "service", "endpoint"])]
    pub(crate) all: bool,
    /// Time limit for connecting, the challenge and its answer together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Probe until every daemon is verified, for at most this time; a missing record is
    /// awaited as well
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) wait: Option<Duration>,
    /// Probe at this interval until interrupted; errors are reported and do not stop it. Into a
    /// file or pipe, changes alone are printed
    #[arg(long, value_name = "INTERVAL", value_parser = duration, conflicts_with = "wait")]
    pub(crate) watch: Option<Duration>,
    /// Require that the record names this endpoint, before anything is contacted
    #[arg(long, value_name = "PATH", add = ArgValueCompleter::new(files))]
    pub(crate) endpoint: Option<String>,
    /// Exit with status 3 if there is no record: the daemon is then not running
    #[arg(long)]
    pub(crate) missing_ok: bool,
    /// Treat warnings as "cannot tell" (exit status 4)
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) required: RequiredArgs,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    #[command(flatten)]
    pub(crate) exit: ExitArgs,
}

/// The limit on hashing.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct HashingArgs {
    /// Time limit for hashing one executable
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = duration)]
    pub(crate) hash_timeout: Duration,
}

/// The use of the digest cache.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CacheArgs {
    /// Cache the digests of executables until they change or the host reboots
    #[arg(long, env = "RPCTL_DIGEST_CACHE", value_parser = FalseyValueParser::new())]
    pub(crate) digest_cache: bool,
}

fn exit_styles_and_examples() -> String {
    let styles = ExitStyle::table();
    let examples = examples!("probe");
    format!("Exit status, by --exit-style:\n{styles}\n\n{examples}")
}
