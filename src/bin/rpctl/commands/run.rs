//! Runs a command, and turns its result into the exit code.

use std::process;

use anyhow::Result;

use super::{
    completions, inspect_manifest, list, man, probe, prune, record, signal, spawn_self, stop,
};
use crate::args::{Cli, Command, name_of};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;

pub(crate) fn run(cli: &Cli) -> process::ExitCode {
    let output = Output::new(&cli.output, &cli.command);
    let result = refuse_foreign_form(cli).and_then(|()| dispatch(&cli.command, &output));
    let code = result.unwrap_or_else(|error| output.report_error(&cli.name, &error));
    output.exit_style.status(code)
}

/// Refuses a format that consists of verdicts, for a command that has none.
fn refuse_foreign_form(cli: &Cli) -> Result<()> {
    let format = cli.output.format();
    if cli.command.offers(format) {
        return Ok(());
    }
    let (name, format) = (&cli.name, name_of(&format));
    let message = format!("{name} has no output in the form {format}");
    Err(Failure::new(ExitCode::Usage, "usage", message)
        .hint("use --output table or --output json; the other forms are for rpctl probe and list")
        .into())
}

fn dispatch(command: &Command, output: &Output) -> Result<ExitCode> {
    match command {
        Command::Probe(args) => probe::run(args, output),
        Command::Record(args) => record::run(args, output),
        Command::InspectManifest(args) => inspect_manifest::run(args, output),
        Command::Shutdown(args) => stop::shutdown(args, output),
        Command::Kill(args) => stop::kill(args, output),
        Command::Signal(args) => signal::run(args, output),
        Command::SpawnSelf(args) => spawn_self::run(args, output),
        Command::List(args) => list::run(args, output),
        Command::Prune(args) => prune::run(args, output),
        Command::Completions(args) => completions::run(args, output),
        Command::Man(args) => man::run(args, output),
    }
}
