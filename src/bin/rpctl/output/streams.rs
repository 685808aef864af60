//! The standard streams of the process.

use std::fmt;
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
    accept_closed_pipe(write_part(bytes))
}

fn write_part(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes).and_then(|()| stdout.flush())
}

/// Writes a text to standard output in parts, so that a long one takes little memory. A closed
/// pipe is no error.
pub(super) fn write_text(text: impl FnOnce(&mut dyn fmt::Write) -> fmt::Result) -> io::Result<()> {
    let mut parts = Parts {
        pending: String::new(),
        written: Ok(()),
    };
    // The text ends early if a part cannot be written.
    let _ = text(&mut parts);
    parts.flush();
    accept_closed_pipe(parts.written)
}

/// A text on its way to standard output.
struct Parts {
    pending: String,
    written: io::Result<()>,
}

impl Parts {
    /// The length in bytes of a part.
    const LEN: usize = 64 << 10;

    fn flush(&mut self) {
        if self.written.is_ok() {
            self.written = write_part(self.pending.as_bytes());
        }
        self.pending.clear();
    }
}

impl fmt::Write for Parts {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.pending.push_str(text);
        if self.pending.len() >= Self::LEN {
            self.flush();
        }
        self.written.as_ref().map(drop).map_err(|_| fmt::Error)
    }
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
