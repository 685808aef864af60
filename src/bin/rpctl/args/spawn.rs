//! `rpctl spawn-self`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use rpctl::responder::Limits;

use super::exit_status_and_examples;
use super::values::{at_least_one, duration, request_size, service_name};
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
    /// Clients that wait to be let in; a further one waits to connect
    #[arg(long, value_name = "NUMBER", default_value = "256", value_parser = at_least_one())]
    pub(crate) max_waiting: usize,
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
            waiting: args.max_waiting,
            connection_lifetime: args.client_timeout,
            requests_per_connection: args.max_requests,
            request_bytes: args.max_request_size,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Digest {
    Sha256,
    Blake3,
}
