//! `rpctl record`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};
use rpctl::process::ListenerAddress;

use super::RequiredArgs;
use super::candidates::{files, services};
use super::values::{Service, pid};

/// Write down the identity of a running process, so that it is found again.
///
/// The process need not know of rpctl. It is held while the kernel is asked for its exact
/// start, users, executable and listening sockets, and it is neither connected to nor
/// signalled. rpctl probe later proves that the same process still runs. Use --exe and --user
/// to check that it is the right program. A PID file is examined as by rpctl probe, and its
/// process is recorded unless something speaks against it. A record of a process that may be
/// alive is kept (status 9); that of one that is proven gone is replaced.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("record"))]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Name of the service, by which the record is found again
    #[arg(long, value_name = "NAME[@VERSION]", add = ArgValueCandidates::new(services))]
    pub(crate) service: Option<Service>,
    #[command(flatten)]
    pub(crate) required: RequiredArgs,
    /// Write the record here; - is standard output [default: the user's own directory of
    /// process records]
    #[arg(long, value_name = "PATH", add = ArgValueCompleter::new(files))]
    pub(crate) record: Option<PathBuf>,
    /// Replace the record of another process even if it may be alive
    #[arg(long)]
    pub(crate) replace: bool,
}

/// The process that is recorded.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct SourceArgs {
    /// Record the process with this PID
    #[arg(long, value_name = "PID", value_parser = pid)]
    pub(crate) pid: Option<u32>,
    /// Record the process whose PID is in the first line of this file
    #[arg(long, value_name = "FILE", add = ArgValueCompleter::new(files))]
    pub(crate) pid_file: Option<PathBuf>,
    /// Record the process that listens here: the path of a Unix socket, @NAME, HOST:PORT or
    /// :PORT
    #[arg(
        long,
        value_name = "ADDRESS",
        value_parser = OsStringValueParser::new().try_map(|text| ListenerAddress::parse(&text)),
        add = ArgValueCompleter::new(files)
    )]
    pub(crate) socket: Option<ListenerAddress>,
}
