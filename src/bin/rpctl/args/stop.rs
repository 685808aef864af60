//! `rpctl shutdown` and `rpctl kill`.

use std::time::Duration;

use clap::Args;

use super::values::duration;
use super::{HashingArgs, TargetArgs, exit_status_and_examples};
use crate::examples;

/// Verify the daemon, ask it to terminate, and wait for its exit.
///
/// Nothing is signalled unless the process is proven to be the recorded one, or is
/// that process and merely does not answer. The signal (SIGTERM) goes to that very
/// process, whatever its number comes to mean. A daemon that is already gone is a
/// success.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("shutdown", examples::SHUTDOWN))]
pub(crate) struct ShutdownArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
    /// Kill it when it is still alive at the deadline
    #[arg(long)]
    pub(crate) force: bool,
}

/// Verify the daemon, kill it, and wait for its exit.
///
/// The last resort: it does not rely on the endpoint. The boot ID, the PID, the
/// executable and its digest must be proven, and either the daemon answers, on a
/// socket that it serves, or it started before the record was made. The signal
/// (SIGKILL) goes to that very process.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("kill", examples::KILL))]
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
    ///
    /// Of a symbolic link, what it leads to. The record of a daemon that is already
    /// gone is removed only where prune would: if it proves to be from this host and
    /// PID namespace.
    #[arg(long)]
    pub(crate) remove_record: bool,
    /// Accept a record that others could have written
    #[arg(long)]
    pub(crate) trust_record: bool,
}
