//! What a report says of a process that listens on the recorded socket.

use rpctl::{CheckId, Outcome, Report};

use crate::words::Words;

/// What the check `endpoint` finds if no process listens.
const REFUSED: &str = "refused";
const MISSING: &str = "no such file";

/// Whether a process listens on the recorded socket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Listener {
    Present,
    /// The socket file was left behind.
    Absent,
    /// There is no socket file.
    NoFile,
    Unknown,
}

impl Listener {
    pub(super) fn new(report: &Report) -> Self {
        let check = report.check(CheckId::Endpoint);
        match check.map(|check| (check.outcome, check.actual.as_deref())) {
            Some((Outcome::Pass, _)) => Self::Present,
            Some((Outcome::Fail, Some(REFUSED))) => Self::Absent,
            Some((Outcome::Fail, Some(MISSING))) => Self::NoFile,
            _ => Self::Unknown,
        }
    }

    /// Says what is known of the socket of a record from another namespace, and what may be
    /// done with the record, in the file `identity`.
    pub(super) fn take_over(self, identity: &str) -> String {
        let known = match self {
            Self::Present => {
                return "a process listens on its socket: the daemon may be alive, or another one \
                        took the socket over, which wrote a record of its own"
                    .to_owned();
            }
            Self::Absent => "no process listens on its socket",
            Self::NoFile => "its socket does not exist here",
            Self::Unknown => "whether a process listens on its socket is not known",
        };
        if identity == "-" {
            return format!("{known}; if that container has ended, the record is out of date");
        }
        let remove = Words::HERE.remove(identity);
        format!("{known}; if that container has ended, remove the record: {remove}")
    }
}
