//! `rpctl`: know which process you are talking to.

mod args;
mod commands;
mod exit_code;
mod failure;
mod hints;
mod output;
mod render;
mod selection;
mod shell;
mod suggestions;
mod usage;
mod words;

use std::process::ExitCode;

/// The allocator of the static program: that of musl asks the kernel for memory again and
/// again, and gives it back, which takes a quarter of a short run.
#[cfg(target_env = "musl")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    // Without it, a file that may not grow ends the program by a signal, without a word.
    let _ = rpctl::__private::survive_size_limit();
    commands::answer_completion();
    match args::Cli::read() {
        Ok(cli) => commands::run(&cli),
        Err(error) => usage::report(error),
    }
}
