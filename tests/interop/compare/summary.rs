//! The summary in the README: five lines, of the tables in `docs/performance.md`.

use crate::command_rows::{PID_FILE, PID_FILE_BASIS};
use crate::fixture::Generation;
use crate::line::{Cell, CommandLine, Line};
use crate::rows::{LARGE, PROCESS, REGISTRY, STOP};

pub const HEAD: &str = "\
| work | rpctl | what it replaces |
|---|---|---|
";

/// The work of each line, in the words of the README, and the row of the table.
pub const LINES: [(&str, &str); 5] = [
    ("a PID file, with all evidence", PID_FILE),
    ("a daemon that answers", PROCESS),
    ("the same with a program of 200 MiB", LARGE),
    ("stopping a daemon", STOP),
    ("1,000 records, 50 of daemons that run", REGISTRY),
];

/// Returns the text between the marks of the README; nothing if a row is missing.
pub fn section(lines: &[Line], commands: &[CommandLine], machine: &str) -> Option<String> {
    let rows: Option<String> = LINES
        .iter()
        .map(|(work, row)| {
            let (ours, theirs) = of_command(commands, row).or_else(|| of_crate(lines, row))?;
            Some(format!("| {work} | {ours} | {theirs} |\n"))
        })
        .collect();
    Some(format!("{HEAD}{}\nMedians; {machine}.", rows?))
}

fn of_command(commands: &[CommandLine], row: &str) -> Option<(String, String)> {
    let found = |command| commands.iter().find(|line| line.command == command);
    let (ours, theirs) = (found(row)?, found(PID_FILE_BASIS)?);
    let theirs = theirs.time.median_text();
    Some((
        ours.time.median_text(),
        format!("{theirs}, `start-stop-daemon --status`"),
    ))
}

fn of_crate(lines: &[Line], row: &str) -> Option<(String, String)> {
    let digest = Generation::Blake3.name();
    let is_row = |line: &&Line| line.work == row && line.record == digest;
    let line = lines.iter().find(is_row)?;
    let theirs = line.established.median_text();
    Some((
        line.rpctl.median_text(),
        format!("{theirs}, client of the crate `running-process`"),
    ))
}

impl Cell {
    /// Returns the median, and what else there is to say.
    fn median_text(&self) -> String {
        let median = self.median().map(crate::times::milliseconds);
        match (median, self.note.as_str()) {
            (Some(median), "") => format!("{median} ms"),
            (Some(median), note) => format!("{median} ms, {note}"),
            (None, note) => note.to_owned(),
        }
    }
}
