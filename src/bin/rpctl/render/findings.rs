//! The diagnoses of one run, and how they are arranged.

use super::diagnoses::Diagnoses;
use crate::exit_code::{ExitCode, ExitStyle};

/// The diagnoses of one run of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Findings<'a> {
    pub(crate) command: &'a str,
    pub(crate) style: ExitStyle,
    pub(crate) layout: Layout,
    pub(crate) diagnoses: &'a Diagnoses,
}

/// How several diagnoses are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One report on its own, several in a list.
    ByCount,
    /// A list, even of a single report.
    List,
    /// A list; tables have one line per report.
    Lines,
    /// A list; tables have one line per report. The exit code is 0 whatever the
    /// verdicts are.
    Listing,
}

impl Findings<'_> {
    /// Returns the exit code of all diagnoses together.
    pub(crate) fn code(&self) -> ExitCode {
        match (self.layout, self.style) {
            // The other styles belong to health checks, which ask for the verdict.
            (Layout::Listing, ExitStyle::Rpctl) => ExitCode::Proven,
            _ => self.worst(),
        }
    }

    /// Returns the exit code of the worst verdict.
    pub(crate) fn worst(&self) -> ExitCode {
        self.style
            .worst(self.diagnoses.reports().map(ExitCode::from))
    }

    /// Returns the number that the process exits with.
    pub(crate) fn exit_code(&self) -> u8 {
        self.style.number(self.code())
    }
}
