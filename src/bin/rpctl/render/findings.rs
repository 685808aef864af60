//! What every format is made from, and what it has to be able to say.

use super::json::report::Diagnosis;
use crate::exit_code::{ExitCode, ExitStyle};

/// A format of results. One file holds one of them, and nothing else.
pub(crate) trait Renderer {
    /// Any number of reports.
    fn findings(&self, findings: &Findings<'_>) -> String;

    /// An error that leaves nothing to report on.
    fn trouble(&self, trouble: &Trouble<'_>) -> String;
}

/// What a command found about any number of records.
pub(crate) struct Findings<'a> {
    pub(crate) command: &'a str,
    pub(crate) style: ExitStyle,
    /// What all of it amounts to.
    pub(crate) code: ExitCode,
    pub(crate) layout: Layout,
    pub(crate) diagnoses: &'a [Diagnosis],
}

/// How reports are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A single one as such, several in a list.
    ByCount,
    /// A list, however many there are.
    List,
    /// A list, in which people find a line for each.
    Lines,
    /// The same, and to have made it is the success.
    Listing,
}

impl Findings<'_> {
    /// The number that the process returns.
    pub(crate) fn exit_code(&self) -> u8 {
        self.style.number(self.code)
    }
}

/// An error that ended a command before there was anything to report on.
pub(crate) struct Trouble<'a> {
    /// `None` where the command line could not be understood.
    pub(crate) command: Option<&'a str>,
    pub(crate) code: ExitCode,
    /// The number that the process returns.
    pub(crate) exit_code: u8,
    /// A stable code in `snake_case`.
    pub(crate) kind: &'a str,
    pub(crate) message: &'a str,
    pub(crate) hint: Option<&'a str>,
    /// What could have been meant.
    pub(crate) candidates: &'a [String],
}
