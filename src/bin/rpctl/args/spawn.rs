//! `rpctl spawn-self`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::exit_status_and_examples;
use super::values::{duration, service_name};
use crate::examples;

/// Start rpctl itself as a small daemon that answers probes, and record it.
///
/// Returns once the daemon has answered a probe, and prints where everything is.
/// The daemon ends on SIGTERM, SIGINT, SIGHUP or after the idle time, and removes its
/// socket and record. A signal that it was started to ignore, as SIGHUP is under
/// nohup, it ignores.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples("spawn-self", examples::SPAWN_SELF))]
pub(crate) struct SpawnArgs {
    /// Stay attached to the terminal
    #[arg(long, conflicts_with = "once")]
    pub(crate) foreground: bool,
    /// Test yourself: spawn, probe with the full report, stop, leave nothing
    #[arg(long, conflicts_with_all = ["record", "sidecar", "endpoint"])]
    pub(crate) once: bool,
    /// Where to write the record: .pb gives protobuf, - standard output, anything
    /// else JSON [default: the registry]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath)]
    pub(crate) record: Option<PathBuf>,
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
    /// Leave the session of the caller once ready.
    #[arg(long, hide = true, requires = "foreground")]
    pub(crate) detach: bool,
    /// End with the process of this number, which started this one.
    #[arg(long, hide = true, value_name = "PID", requires = "detach")]
    pub(crate) parent: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Digest {
    Sha256,
    Blake3,
}
