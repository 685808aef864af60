//! From the name of a page to its text.

use anyhow::{Context, Result};
use clap::{Command, CommandFactory};

use super::page;
use crate::args::{Cli, ManArgs};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::output::Output;

pub(in crate::commands) fn run(args: &ManArgs, output: &Output) -> Result<ExitCode> {
    let commands = commands();
    let printed = match &args.page {
        None => {
            let names: Vec<String> = commands.iter().map(page::file_name).collect();
            format!("{}\n", names.join("\n"))
        }
        Some(name) => match commands.iter().find(|one| page::file_name(one) == *name) {
            Some(command) => page::render(command).context("cannot make the page")?,
            None => return Err(unknown(name, &commands).into()),
        },
    };
    output
        .print_record(printed.as_bytes())
        .context("cannot write the page")?;
    Ok(ExitCode::Proven)
}

/// The program and its subcommands, but for those that are hidden.
fn commands() -> Vec<Command> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let mut commands = vec![program.clone()];
    commands.extend(
        program
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .cloned(),
    );
    commands
}

fn unknown(name: &str, commands: &[Command]) -> Failure {
    let message = format!("there is no page {name}");
    Failure::new(ExitCode::Usage, "usage", message)
        .hint("name one of those above")
        .candidates(commands.iter().map(page::file_name).collect())
}
