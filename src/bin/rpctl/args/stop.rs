//! `rpctl shutdown`, `rpctl kill` and `rpctl signal`.

use std::time::Duration;

use clap::Args;
use clap_complete::engine::ArgValueCandidates;
use rpctl::control::Signal;

use super::candidates::{graceful_signals, signals};
use super::values::{duration, graceful_signal, signal};
use super::{HashingArgs, RequiredArgs, TargetArgs};

/// Verify the daemon, ask it to terminate, and wait for its exit.
///
/// The process is signalled only if it is proven to be the recorded one, even if it does
/// not answer. The signal (SIGTERM) reaches that process and no other, even if its PID is
/// reused. A daemon that is already gone is a success. The command fails if another process of the
/// daemon's family still serves its socket at the deadline. The socket file that the daemon leaves
/// is removed if no process listens on it; its record only with --remove-record.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("shutdown"))]
pub(crate) struct ShutdownArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
    /// Signal that asks the daemon to terminate, such as INT for PostgreSQL, QUIT for nginx
    #[arg(
        long,
        value_name = "SIGNAL",
        default_value = "TERM",
        value_parser = graceful_signal,
        add = ArgValueCandidates::new(graceful_signals)
    )]
    pub(crate) signal: Signal,
    /// Kill the daemon if it is still alive at the deadline
    #[arg(long)]
    pub(crate) force: bool,
}

/// Verify the daemon, kill it, and wait for its exit.
///
/// The last resort, which does not rely on the endpoint. For a manifest or
/// sidecar, the PID, the user, the executable and its digest must be proven, and the daemon
/// must either answer on a socket that it serves, as the owner of the record, or have started
/// in this boot before the record was written. A process record needs its exact start, and the
/// executable that it names, if any; a PID file needs --exe and a usable time, or a lock. The
/// signal (SIGKILL) reaches that process and no other. The socket file that the daemon leaves is
/// removed, if no process listens on it; its record only with --remove-record.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("kill"))]
pub(crate) struct KillArgs {
    #[command(flatten)]
    pub(crate) stop: StopArgs,
}

/// Verify the daemon and send it a signal, without waiting.
///
/// For signals that do not end the daemon, such as HUP to read its configuration again. The
/// process is verified as by rpctl shutdown, and for KILL as by rpctl kill. Exits with
/// status 3 if the daemon is not running, because the signal reached no process.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("signal"))]
pub(crate) struct SignalArgs {
    /// Name of the signal, with or without SIG, in upper or lower case
    #[arg(value_name = "SIGNAL", value_parser = signal, add = ArgValueCandidates::new(signals))]
    pub(crate) signal: Signal,
    #[command(flatten)]
    pub(crate) grant: GrantArgs,
}

/// The options of every command that signals a daemon.
#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) required: RequiredArgs,
    /// Time limit for connecting, the challenge and its answer together
    #[arg(long, value_name = "DURATION", default_value = "500ms", value_parser = duration)]
    pub(crate) probe_timeout: Duration,
    #[command(flatten)]
    pub(crate) hashing: HashingArgs,
    /// Show what would happen, with the exit status that it would have
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Accept a record that another user could have written
    #[arg(long)]
    pub(crate) trust_record: bool,
}

/// The options of both `shutdown` and `kill`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
pub(crate) struct StopArgs {
    #[command(flatten)]
    pub(crate) grant: GrantArgs,
    /// Time limit for the daemon to exit after the signal
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// End the descendants of the daemon, too, that are still alive when it has exited
    ///
    /// They get the same signal, and are waited for within the same time limit. Descendants are
    /// the processes whose parents lead to the daemon, in any process group or session. A
    /// process whose parent exited earlier does not count. Nothing proves whose child a process is
    /// that was started during the stop, and whose parent exited at once: it is not signalled. It
    /// is named if it is in the session of the daemon or of a descendant, and not found if it has
    /// a session of its own.
    #[arg(long)]
    pub(crate) tree: bool,
    /// Exit with status 3 if the daemon is already gone
    #[arg(long)]
    pub(crate) require_running: bool,
    /// Succeed if there is no record: the daemon is then gone
    #[arg(long, conflicts_with = "require_running")]
    pub(crate) missing_ok: bool,
    /// Remove the record afterwards if it still names that daemon
    ///
    /// If the record is a symbolic link, its target is removed. The record of a daemon
    /// that was already gone is removed on the same terms as by rpctl prune: only if it is
    /// from this host and PID namespace. The record of a daemon whose socket is still served
    /// is kept.
    #[arg(long)]
    pub(crate) remove_record: bool,
}
