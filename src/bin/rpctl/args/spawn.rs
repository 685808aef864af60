//! `rpctl spawn-self`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::candidates::files;
use super::values::{duration, service_name};

/// Start rpctl itself as a small daemon that answers probes, and write its record.
///
/// Returns once the daemon has answered a probe, and prints the paths of its files. The
/// daemon ends on SIGTERM, SIGINT or SIGHUP, or after the idle time, and removes its
/// socket and its record. It ignores a signal that was ignored when it was started, such
/// as SIGHUP under nohup.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("spawn-self"))]
pub(crate) struct SpawnArgs {
    /// Run in the foreground, attached to the terminal
    #[arg(long, conflicts_with = "once")]
    pub(crate) foreground: bool,
    /// Run the self-test: start a daemon, probe it, stop it, clean up
    #[arg(long, conflicts_with_all = ["record", "sidecar", "endpoint"])]
    pub(crate) once: bool,
    /// Write the record here: protobuf if it ends in .pb, else JSON; - is standard
    /// output [default: the registry]
    #[arg(long, value_name = "PATH", add = ArgValueCompleter::new(files))]
    pub(crate) record: Option<PathBuf>,
    /// Write an identity sidecar here as well
    #[arg(long, value_name = "PATH", add = ArgValueCompleter::new(files))]
    pub(crate) sidecar: Option<PathBuf>,
    /// Listen on this socket [default: in a private directory below
    /// $XDG_RUNTIME_DIR or the temporary directory]
    #[arg(long, value_name = "PATH", add = ArgValueCompleter::new(files))]
    pub(crate) endpoint: Option<PathBuf>,
    /// Name of the service (a-z, 0-9 and -)
    #[arg(long, value_name = "NAME", default_value = "rpctl-self", value_parser = service_name)]
    pub(crate) service: String,
    /// Digest to write to a protobuf record
    #[arg(long, value_name = "ALGORITHM", default_value = "sha256")]
    pub(crate) digest: Digest,
    /// End the daemon after this time without a probe
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration)]
    pub(crate) idle_timeout: Duration,
    /// Leave the session of the caller once ready
    #[arg(long, hide = true, requires = "foreground")]
    pub(crate) detach: bool,
    /// End with the process that has this PID, the one that started the daemon
    #[arg(long, hide = true, value_name = "PID", requires = "detach")]
    pub(crate) parent: Option<u32>,
}

/// The digest that a protobuf record has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Digest {
    Sha256,
    Blake3,
}
