//! `rpctl completions`.

mod values;

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};
use clap_complete::{generate, shells};
use clap_complete_nushell::Nushell;

use crate::args::{Cli, CompletionsArgs, Shell};
use crate::exit_code::ExitCode;
use crate::render::Output;

pub(super) fn run(args: &CompletionsArgs, output: &Output) -> Result<ExitCode> {
    output
        .print_record(script(args.shell).as_bytes())
        .context("cannot write the script")?;
    Ok(ExitCode::Proven)
}

fn script(shell: Shell) -> String {
    let mut command = visible(&Cli::command());
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    match shell {
        Shell::Bash => generate(shells::Bash, &mut command, name, &mut script),
        Shell::Zsh => generate(shells::Zsh, &mut command, name, &mut script),
        Shell::Fish => generate(shells::Fish, &mut command, name, &mut script),
        Shell::Powershell => generate(shells::PowerShell, &mut command, name, &mut script),
        Shell::Elvish => generate(shells::Elvish, &mut command, name, &mut script),
        Shell::Nushell => generate(Nushell, &mut command, name, &mut script),
    }
    let script = String::from_utf8_lossy(&script);
    values::with_registry(shell, &command, &script)
}

/// The same without what is hidden, which scripts would offer all the same.
fn visible(command: &Command) -> Command {
    let mut copy = Command::new(command.get_name().to_owned())
        .propagate_version(true)
        .args(
            command
                .get_arguments()
                .filter(|argument| !argument.is_hide_set()),
        )
        .subcommands(
            command
                .get_subcommands()
                .filter(|subcommand| !subcommand.is_hide_set())
                .map(visible),
        );
    if let Some(about) = command.get_about() {
        copy = copy.about(about.clone());
    }
    if let Some(version) = command.get_version() {
        copy = copy.version(version.to_owned());
    }
    copy
}
