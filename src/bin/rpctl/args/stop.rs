//! `rpctl shutdown` and `rpctl kill`.

use std::time::Duration;

use clap::Args;

use super::values::duration;
use super::{HashingArgs, TargetArgs};

/// Verify the daemon, ask it to terminate, and wait for its exit.
///
/// The process is signalled only if it is proven to be the recorded one, even if it does
/// not answer. The signal (SIGTERM) reaches that process and no other, even if its PID is
/// reused. A daemon that is already gone is a success.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("shutdown"))]
pub(crate) struct ShutdownArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
    /// Kill the daemon if it is still alive at the deadline
    #[arg(long)]
    pub(crate) force: bool,
}

/// Verify the daemon, kill it, and wait for its exit.
///
/// The last resort, which does not rely on the endpoint. The PID, the user, the
/// executable and its digest must be proven, and the daemon must either answer on a
/// socket that it serves, as the owner of the record, or have started in this boot before
/// the record was written. The signal (SIGKILL) reaches that process and no other.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("kill"))]
pub(crate) struct KillArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
}

/// The options of both `shutdown` and `kill`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "these are flags of a command line"
)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Time limit for the daemon to exit after the signal
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Time limit for connecting, the challenge and its answer together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) probe_timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    /// Show what would happen, and exit with the same status
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Exit with status 3 if the daemon is already gone
    #[arg(long)]
    pub(crate) require_running: bool,
    /// Remove the record afterwards if it still names that daemon
    ///
    /// If the record is a symbolic link, its target is removed. The record of a daemon
    /// that was already gone is removed on the same terms as by rpctl prune: only if it is
    /// from this host and PID namespace.
    #[arg(long)]
    pub(crate) remove_record: bool,
    /// Accept a record that another user could have written
    #[arg(long)]
    pub(crate) trust_record: bool,
}
