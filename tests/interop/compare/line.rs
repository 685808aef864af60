//! A line of the table.

use std::fmt;

use crate::times::Times;

/// One line of the table.
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
