//! `rpctl completions`, and what its scripts ask the program for.
//!
//! A script hands the words of the command line to the program, with the name of the
//! shell in a variable, and the program answers with the candidates.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::{env, io};

use anyhow::{Context, Result};
use clap::Command;
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use crate::args::{Cli, CompletionsArgs, Shell};
use crate::exit_code::ExitCode;
use crate::output::Output;

/// Names the shell that asks for candidates. No other program reads this variable: one
/// that is exported by mistake must not change what `rpctl` does.
const VARIABLE: &str = "RPCTL_COMPLETE";

const PROGRAM: &str = "rpctl";

/// clap's script would insert the name of a file unquoted.
const BASH: &str = include_str!("completions/rpctl.bash");

/// clap has no script. Candidates come as for fish: one per line, with a tab before the
/// description.
const NUSHELL: &str = include_str!("completions/rpctl.nu");

/// zsh runs the script as a function when it completes for the first time: clap's then
/// only defines the function that completes.
const ZSH_FIRST_TIME: &str = "
if [[ $funcstack[1] == _rpctl ]]; then
    _clap_dynamic_completer_rpctl
fi
";

/// Prints the candidates and exits, if a completion script asks for them.
pub(crate) fn answer() {
    if env::var_os(VARIABLE).is_some() {
        CompleteEnv::with_factory(Cli::documented)
            .var(VARIABLE)
            .bin(PROGRAM)
            .completer(PROGRAM)
            .shells(Shells(&[&Bash, &Zsh, &Fish, &PlainPowershell, &Elvish]))
            .complete();
    }
}

pub(super) fn run(args: &CompletionsArgs, output: &Output) -> Result<ExitCode> {
    let script = script(args.shell).context("cannot make the script")?;
    output.print_record("script", &script)
}

fn script(shell: Shell) -> io::Result<Vec<u8>> {
    match shell {
        Shell::Bash => Ok(BASH.into()),
        Shell::Zsh => Ok([registration(&Zsh)?, ZSH_FIRST_TIME.into()].concat()),
        Shell::Fish => registration(&Fish),
        Shell::Powershell => registration(&PlainPowershell),
        Shell::Elvish => registration(&Elvish),
        Shell::Nushell => Ok(NUSHELL.into()),
    }
}

/// Returns clap's script for a shell.
fn registration(shell: &dyn EnvCompleter) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
    Ok(script)
}

/// PowerShell, which gets no candidate that it would have to quote: its script inserts
/// candidates as they are, and evaluates them to complete the next word.
struct PlainPowershell;

impl EnvCompleter for PlainPowershell {
    fn name(&self) -> &'static str {
        Powershell.name()
    }

    fn is(&self, name: &str) -> bool {
        Powershell.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        script: &mut dyn Write,
    ) -> io::Result<()> {
        Powershell.write_registration(variable, name, program, completer, script)
    }

    fn write_complete(
        &self,
        definition: &mut Command,
        words: Vec<OsString>,
        directory: Option<&Path>,
        answer: &mut dyn Write,
    ) -> io::Result<()> {
        let mut candidates = Vec::new();
        Powershell.write_complete(definition, words, directory, &mut candidates)?;
        for line in String::from_utf8_lossy(&candidates).lines() {
            if line.split('\t').next().is_some_and(is_plain) {
                writeln!(answer, "{line}")?;
            }
        }
        Ok(())
    }
}

/// Returns whether PowerShell reads a word as it is.
fn is_plain(word: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || r"/\._-+:=~".contains(c);
    word.chars().all(is_plain)
}
