//! The standard streams of the process.

use std::io::{self, IsTerminal, Write};

use clap::ColorChoice;

use crate::failure;

/// The width of tables that do not go to a terminal, in columns.
const DEFAULT_WIDTH: usize = 80;

/// Returns the width of the terminal on standard output, in columns.
pub(super) fn terminal_width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal.map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0))
}

/// Returns whether standard output is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Returns whether standard output is coloured. Without an explicit choice, anstream
/// applies the conventions (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, the terminal).
pub(super) fn wants_color(when: ColorChoice) -> bool {
    let is_wanted = || anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never;
    when == ColorChoice::Always || (when == ColorChoice::Auto && is_wanted())
}

/// Writes all of `bytes` to standard output. A closed pipe is no error.
pub(super) fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    accept_closed_pipe(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Writes a line to standard error. A failure is ignored: the exit status remains.
pub(crate) fn eprint_line(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Prints that standard output cannot be written.
pub(crate) fn eprint_unwritten(error: &io::Error) {
    let advice = failure::advice(Some(error));
    eprint_line(&format!(
        "rpctl: cannot write to standard output: {error}\n  next: {advice}"
    ));
}

/// Ignores the error of a closed pipe, whose reader has read enough.
pub(crate) fn accept_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
