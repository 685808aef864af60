//! `rpctl list` and `rpctl prune`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::candidates::records;
use super::output::ExitArgs;
use super::probe::{CacheArgs, HashingArgs};
use super::values::duration;

/// Show every record of the registry with its verdict, one per line.
///
/// The exit status is 0 if the listing could be made, whatever the verdicts are. With the
/// style of a health check (--exit-style) it is that of the worst verdict, and an empty
/// registry is an error. A file that cannot be read is listed as such. `rpctl probe --all`
/// shows every check, and exits with the worst verdict.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("list"))]
pub(crate) struct ListArgs {
    /// Time limit for connecting, the challenge and its answer together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    #[command(flatten)]
    pub(crate) cache: CacheArgs,
    #[command(flatten)]
    pub(crate) exit: ExitArgs,
}

/// Remove records whose daemons are provably gone.
///
/// Without an argument, these are all records of the registry.
/// The socket file that the daemon left is removed with its record, if it is dead and no
/// other user could have created it. Everything else is kept: daemons that are alive or in
/// an unknown state, records that may be from another machine or container, manifests that
/// name no daemon, and records that another user could have written. If the identity is in
/// a file beside a manifest, that file is removed and the manifest is kept. The exit status
/// is 9 if a stale record could not be removed.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("prune"))]
pub(crate) struct PruneArgs {
    /// Records to remove (files, or the names of services) [default: all of the registry]
    #[arg(value_name = "RECORD", add = ArgValueCompleter::new(records))]
    pub(crate) records: Vec<PathBuf>,
    /// Succeed if one of them does not exist
    #[arg(long, requires = "records")]
    pub(crate) missing_ok: bool,
    /// Show what would be removed, with the exit status that it would have
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Time limit for connecting, the challenge and its answer together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
}
