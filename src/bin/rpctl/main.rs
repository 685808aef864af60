//! `rpctl`: know which process you are talking to.

mod args;
mod commands;
mod examples;
mod exit_code;
mod failure;
mod render;
mod target;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let code = match args::Cli::try_parse() {
        Ok(cli) => commands::run(&cli),
        Err(error) => failure::usage(error),
    };
    code.into()
}
