//! `rpctl inspect-manifest`, and the record of every command that takes one.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter};

use super::candidates::{records, services};
use super::spawn::Digest;
use super::values::Service;

/// Show and validate a record, without contacting anything.
///
/// No process and no socket is touched: what the record says is shown, and every fault
/// that can be found in it.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("inspect-manifest"))]
pub(crate) struct InspectArgs {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    /// Print only the record, converted to another form
    #[arg(long, value_name = "FORM")]
    pub(crate) convert: Option<Form>,
    /// Digest to keep in a protobuf record if the record has both
    #[arg(
        long,
        value_name = "ALGORITHM",
        default_value = "sha256",
        requires = "convert"
    )]
    pub(crate) digest: Digest,
}

/// The record that a command is about.
#[derive(Debug, Args)]
pub(crate) struct TargetArgs {
    /// Record (a file, or the name of its service); - reads standard input
    /// [default: $RPCTL_RECORD, else the only live record of the registry]
    #[arg(value_name = "RECORD", add = ArgValueCompleter::new(records))]
    pub(crate) record: Option<PathBuf>,
    /// Use the record of this service in the registry
    #[arg(
        long,
        value_name = "NAME[@VERSION]",
        conflicts_with = "record",
        add = ArgValueCandidates::new(services)
    )]
    pub(crate) service: Option<Service>,
}

/// The form that a record is converted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Readable text with every field
    Json,
    /// The form that daemons write to the registry
    Protobuf,
    /// Only the identity, as JSON
    Sidecar,
}
