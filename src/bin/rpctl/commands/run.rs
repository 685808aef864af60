//! From a command to its exit code.

use std::path::Path;

use rpctl::control::Stop;
use rpctl::manifest::{self, LoadError, Record};

use super::{complete, completions, inspect_manifest, man, probe, spawn_self, stop};
use crate::args::{Cli, Command};
use crate::exit_code::ExitCode;
use crate::failure;
use crate::render::Output;

pub(crate) fn run(cli: &Cli) -> ExitCode {
    let output = Output::new(&cli.output);
    let result = match &cli.command {
        Command::Probe(args) => probe::run(args, &output),
        Command::InspectManifest(args) => inspect_manifest::run(args, &output),
        Command::Shutdown(args) => {
            let force = args.force;
            stop::run(Stop::Terminate, &args.stop, force, &output)
        }
        Command::Kill(args) => stop::run(Stop::Kill, &args.stop, false, &output),
        Command::SpawnSelf(args) => spawn_self::run(args, &output),
        Command::Complete(args) => complete::run(args, &output),
        Command::Completions(args) => completions::run(args, &output),
        Command::Man(args) => man::run(args, &output),
    };
    result.unwrap_or_else(|error| failure::report(&error, cli.command.name(), &output))
}

/// The record that an argument names; `-` is standard input.
pub(super) fn load(path: &Path) -> Result<Record, LoadError> {
    if path == Path::new("-") {
        manifest::load_stdin()
    } else {
        manifest::load(path)
    }
}
