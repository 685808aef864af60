//! The lines of the tables.

use std::fmt;
use std::time::Duration;

use crate::command_rows::{Basis, Row};
use crate::times::{Times, milliseconds};

/// What rpctl is to reach.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// A median of at most this many microseconds.
    Micros(u64),
    /// At most this many times the floor.
    OfFloor(f64),
    /// At most this many microseconds more than the floor.
    OverFloor(u64),
    /// At most this many times the crate.
    OfCrate(f64),
    /// What the cell says, word for word.
    Says(&'static str),
}

impl Goal {
    /// Whether a median is within the goal, which counts from another one.
    fn admits(self, ours: Duration, other: Option<Duration>) -> bool {
        match (self, other) {
            (Self::Micros(most), _) => ours <= Duration::from_micros(most),
            (Self::OfFloor(times) | Self::OfCrate(times), Some(other)) => {
                ours <= other.mul_f64(times)
            }
            (Self::OverFloor(micros), Some(floor)) => ours <= floor + Duration::from_micros(micros),
            _ => false,
        }
    }
}

/// One line of the table of the crate.
#[derive(Clone, Debug)]
pub struct Line {
    /// Description of the work.
    pub work: &'static str,
    /// The digest in the record.
    pub record: &'static str,
    /// What the hardware takes.
    pub floor: Cell,
    pub rpctl: Cell,
    /// The release of this generation.
    pub established: Cell,
}

impl Line {
    /// Returns the mark of a goal that is reached, or is not.
    pub fn mark(&self, goal: Goal) -> &'static str {
        let other = match goal {
            Goal::Says(text) => return mark(self.rpctl.note == text),
            Goal::OfCrate(_) => &self.established,
            _ => &self.floor,
        };
        let ours = self.rpctl.median();
        mark(ours.is_some_and(|ours| goal.admits(ours, other.median())))
    }
}

fn mark(is_reached: bool) -> &'static str {
    if is_reached { "✓" } else { "✗" }
}

/// One line of the table of commands.
#[derive(Clone, Debug)]
pub struct CommandLine {
    pub command: &'static str,
    proves: &'static str,
    pub time: Cell,
    /// The time of another command, with its name.
    basis: Option<(Duration, &'static str)>,
    goal: Option<Goal>,
}

impl CommandLine {
    /// Creates the line of a row; `basis` is the median of the command that it is
    /// compared with.
    pub fn new(row: &Row, time: Cell, basis: Option<Duration>) -> Self {
        let name = row.basis.map(|Basis { name, .. }| name);
        Self {
            command: row.command,
            proves: row.proves,
            time,
            basis: basis.zip(name),
            goal: row.goal,
        }
    }

    /// Returns the mark of its goal; nothing without a goal or a time.
    pub fn mark(&self) -> &'static str {
        let basis = self.basis.map(|(basis, _)| basis);
        match (self.goal, self.time.median()) {
            (Some(goal), Some(ours)) => mark(goal.admits(ours, basis)),
            _ => " ",
        }
    }

    /// Returns its time compared with that of the other command.
    fn comparison(&self) -> String {
        let (Some(ours), Some((basis, name))) = (self.time.median(), self.basis) else {
            return String::new();
        };
        if let Some(Goal::OverFloor(_)) = self.goal {
            let more = milliseconds(ours.saturating_sub(basis));
            let sign = if ours < basis { "no" } else { &more };
            return format!("{sign} ms more than {name}");
        }
        format!("{:.2} × {name}", ours.div_duration_f64(basis))
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comparison = self.comparison();
        let Self {
            command,
            proves,
            time,
            ..
        } = self;
        write!(f, "| {command} | {proves} | {time} | {comparison} |")
    }
}

/// A figure of one of them.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub times: Option<Times>,
    /// What else there is to say.
    pub note: String,
}

impl Cell {
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub fn median(&self) -> Option<Duration> {
        self.times.as_ref().map(Times::median)
    }

    pub fn text(note: impl Into<String>) -> Self {
        Self::default().noting(note)
    }
}

impl From<Times> for Cell {
    fn from(times: Times) -> Self {
        Self {
            times: Some(times),
            note: String::new(),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.times, self.note.as_str()) {
            (Some(times), "") => times.fmt(f),
            (Some(times), note) => write!(f, "{times}, {note}"),
            (None, note) => f.write_str(note),
        }
    }
}
