//! `rpctl completions` and `rpctl man`.

use clap::{Args, ValueEnum};

/// Print the script that completes rpctl in a shell.
#[derive(Debug, Args)]
#[command(after_long_help = exit_status_and_examples!("completions"))]
pub(crate) struct CompletionsArgs {
    /// Shell that loads the script
    pub(crate) shell: Shell,
}

/// A shell with completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
    Nushell,
}

/// Print a page of the manual as roff; without a name, the names of the pages.
///
/// For those who maintain or package rpctl.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Name of the page, such as rpctl-probe.1
    pub(crate) page: Option<String>,
}
