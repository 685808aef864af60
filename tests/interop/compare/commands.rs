//! Whole commands, by turns, on one daemon: those that people use for a PID file, and those
//! of rpctl.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::client_process::{succeed, timed};
use crate::command_rows::{ROWS, Row, SOCKETS, Words};
use crate::daemons::{Daemon, MEGABYTE, Result};
use crate::fixture::{Fixture, Generation};
use crate::line::{Cell, CommandLine};
use crate::open_sockets::OpenSockets;
use crate::times::{Times, Turn, by_turns, take_turns};

/// The age of an executable, beyond which a later change has another time, so that it need
/// not be hashed again.
const SETTLED: Duration = Duration::from_millis(2100);

/// A daemon with every kind of record, and the programs that are asked about it.
pub struct Subject {
    pub rpctl: PathBuf,
    pub static_rpctl: Option<PathBuf>,
    pub daemon: Daemon,
    pub manifest: PathBuf,
    pub record: PathBuf,
    pub pid_file: PathBuf,
}

impl Subject {
    fn new(fixture: &Fixture) -> Result<Self> {
        let setup = &fixture.setup;
        let (daemon, manifest) = setup.daemon("answers", MEGABYTE, Generation::Blake3)?;
        std::thread::sleep(SETTLED);
        let subject = Self {
            rpctl: setup.rpctl.clone(),
            static_rpctl: setup.static_rpctl.clone(),
            record: manifest.with_file_name("process.json"),
            pid_file: manifest.with_file_name("daemon.pid"),
            daemon,
            manifest,
        };
        std::fs::write(&subject.pid_file, format!("{}\n", subject.pid()))?;
        succeed(&subject.record_words())?;
        Ok(subject)
    }

    pub fn pid(&self) -> String {
        self.daemon.identity.pid.to_string()
    }

    pub fn exe(&self) -> &Path {
        &self.daemon.identity.exe_path
    }

    pub fn record_words(&self) -> Words {
        let mut words: Words = vec![self.rpctl.clone().into()];
        words.extend(["record", "--quiet", "--replace", "--pid"].map(Into::into));
        words.extend([self.pid().into(), "--record".into()]);
        words.push(self.record.clone().into());
        words
    }

    pub fn probe_words(&self, rpctl: &Path, record: &Path) -> Words {
        vec![
            rpctl.into(),
            "probe".into(),
            "--quiet".into(),
            record.into(),
        ]
    }
}

/// Measures every command with these words in its name.
pub fn measure(fixture: &Fixture, words: &str) -> Result<Vec<CommandLine>> {
    let asked = |command: &str| command.contains(words);
    if !ROWS.iter().any(|row| asked(row.command)) && !asked(SOCKETS.command) {
        return Ok(Vec::new());
    }
    let subject = Subject::new(fixture)?;
    let mut lines = by_row(&subject, fixture.setup.rounds(300))?;
    if asked(SOCKETS.command) {
        lines.push(beside_sockets(&subject, fixture.setup.rounds(20))?);
    }
    lines.retain(|line| asked(line.command));
    for line in &lines {
        eprintln!("{} {line}", line.mark());
    }
    Ok(lines)
}

fn by_row(subject: &Subject, rounds: usize) -> Result<Vec<CommandLine>> {
    let commands = ROWS.map(|row| (row.words)(subject));
    let mut works: Vec<_> = commands
        .iter()
        .flatten()
        .map(|words| || timed(|| succeed(words)))
        .collect();
    let turns = works.iter_mut().map(|work| work as Turn<'_>).collect();
    let mut measured = take_turns(rounds, turns)?.into_iter();
    let cells: Vec<Cell> = commands
        .iter()
        .map(|command| match command {
            Ok(_) => measured.next().unwrap_or_default().into(),
            Err(reason) => Cell::text(format!("not run: {reason}")),
        })
        .collect();
    let median = |command| {
        let at = ROWS.iter().position(|row| row.command == command)?;
        cells[at].times.as_ref().map(Times::median)
    };
    let line = |(row, cell): (&Row, &Cell)| {
        let basis = row.basis.and_then(|basis| median(basis.command));
        CommandLine::new(row, cell.clone(), basis)
    };
    Ok(ROWS.iter().zip(&cells).map(line).collect())
}

fn beside_sockets(subject: &Subject, rounds: usize) -> Result<CommandLine> {
    let words = subject.probe_words(&subject.rpctl, &subject.record);
    let sockets = RefCell::new(None);
    let [alone, beside] = by_turns(
        rounds,
        [
            &mut || {
                sockets.replace(None);
                timed(|| succeed(&words))
            },
            &mut || {
                if sockets.borrow().is_none() {
                    sockets.replace(Some(OpenSockets::new()?));
                }
                timed(|| succeed(&words))
            },
        ],
    )?;
    Ok(CommandLine::new(
        &SOCKETS,
        beside.into(),
        Some(alone.median()),
    ))
}
