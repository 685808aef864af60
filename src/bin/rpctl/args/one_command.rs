//! The definition of one command alone.
//!
//! Most of the time before a short probe goes into the definitions of all commands, of which a
//! run needs one.

use std::ffi::OsStr;

use clap::{Args, Command};

use super::{
    InspectArgs, KillArgs, ListArgs, OutputArgs, ProbeArgs, PruneArgs, RecordArgs, ShutdownArgs,
    SignalArgs, SpawnArgs,
};

/// Adds the arguments of a command to its definition.
type AddArguments = fn(Command) -> Command;

/// Each command that does work, and what adds its arguments.
const COMMANDS: [(&str, AddArguments); 9] = [
    ("probe", ProbeArgs::augment_args),
    ("inspect-manifest", InspectArgs::augment_args),
    ("record", RecordArgs::augment_args),
    ("shutdown", ShutdownArgs::augment_args),
    ("kill", KillArgs::augment_args),
    ("signal", SignalArgs::augment_args),
    ("spawn-self", SpawnArgs::augment_args),
    ("list", ListArgs::augment_args),
    ("prune", PruneArgs::augment_args),
];

/// Returns the program with this command alone; `None` for a word that is not the whole name
/// of a command.
///
/// It reads the same from a correct command line as the program with all commands. It is not
/// for help and errors: these can name other commands.
pub(super) fn program(word: &OsStr) -> Option<Command> {
    let (name, add_arguments) = COMMANDS.iter().find(|(name, _)| word == *name)?;
    let program = OutputArgs::augment_args(Command::new("rpctl"));
    Some(program.subcommand(add_arguments(Command::new(*name))))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::Cli;
    use super::*;

    /// Returns the arguments of a program and a command, apart from their place in the help.
    fn arguments(program: &Command, name: &str) -> Vec<String> {
        let command = program.find_subcommand(name).unwrap();
        let arguments = program.get_arguments().chain(command.get_arguments());
        let in_no_order = arguments.map(|argument| argument.clone().display_order(0));
        in_no_order
            .map(|argument| format!("{argument:?}"))
            .collect()
    }

    #[test]
    fn every_command_has_the_arguments_that_it_has_among_all() {
        let all = Cli::command();
        for command in all.get_subcommands() {
            let name = command.get_name();
            match program(OsStr::new(name)) {
                Some(one) => assert_eq!(arguments(&one, name), arguments(&all, name)),
                None => assert!(["completions", "man"].contains(&name), "{name}"),
            }
        }
    }
}
