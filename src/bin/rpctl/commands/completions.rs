//! `rpctl completions`.

mod values;

use anyhow::{Context, Result};
use clap::builder::PossibleValue;
use clap::{Arg, Command, CommandFactory, ValueEnum};
use clap_complete::{generate, shells};
use clap_complete_nushell::Nushell;

use crate::args::{Cli, CompletionsArgs, Format, Shell, has_exit_style};
use crate::exit_code::ExitCode;
use crate::output::Output;

pub(super) fn run(args: &CompletionsArgs, output: &Output) -> Result<ExitCode> {
    output
        .print_record(script(args.shell).as_bytes())
        .context("cannot write the script")?;
    Ok(ExitCode::Proven)
}

fn script(shell: Shell) -> String {
    let mut command = with_forms_that_it_has(visible(&Cli::command()));
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

/// Offer each command the forms that it has: of those for all commands, some are
/// made of verdicts alone.
fn with_forms_that_it_has(program: Command) -> Command {
    let is_output = |argument: &&Arg| argument.get_id() == "output";
    let Some(output) = program.get_arguments().find(is_output).cloned() else {
        return program;
    };
    let forms = Format::OF_EVERYTHING.iter();
    let forms: Vec<PossibleValue> = forms.filter_map(Format::to_possible_value).collect();
    let output = output.value_parser(forms).global(false);
    program.mut_subcommands(|command| {
        if has_exit_style(&command) {
            command
        } else {
            command.arg(output.clone())
        }
    })
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
