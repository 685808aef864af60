//! Check `pid`: the process exists, is no zombie, and is pinned.

use super::CheckText;
use super::peer::described;
use super::state::{BootState, HostState, PidState};
use crate::platform::PinError;
use crate::probe::evidence::{Evidence, NoProcess};
use crate::report::Outcome;

pub(super) fn examine(
    evidence: &Evidence,
    host: HostState,
    boot: BootState,
) -> (PidState, CheckText) {
    let pid = evidence.expected.pid;
    if host.outcome() == Outcome::Fail {
        return (
            PidState::Skipped,
            CheckText::detail("PIDs of the record mean nothing here"),
        );
    }
    if boot == BootState::Other {
        return (
            PidState::Skipped,
            CheckText::detail("PIDs of another boot mean nothing now"),
        );
    }
    let text = |actual: &str| CheckText::compared(pid.to_string(), actual);
    match &evidence.process.value {
        Err(NoProcess::NotExamined) => (PidState::Skipped, CheckText::nothing()),
        Ok(()) => {
            let actual = format!("alive{}", described(evidence.occupant.as_ref()));
            (PidState::Alive, text(&actual))
        }
        Err(NoProcess::ExitedDuringProbe) => (
            PidState::Exited,
            text("exited").with_detail("the process exited while it was examined"),
        ),
        Err(NoProcess::Zombie { parent }) => (
            PidState::Zombie,
            text("zombie").with_detail(match parent {
                Some(parent) => format!("exited, not yet reaped by parent {parent}"),
                None => "exited, not yet reaped by its parent".to_owned(),
            }),
        ),
        Err(NoProcess::Failed(error)) => match error {
            PinError::NoSuchProcess => (
                PidState::Exited,
                text("none").with_detail("no such process"),
            ),
            PinError::Thread { of } => (
                PidState::Exited,
                text("a thread").with_detail(match of {
                    Some(of) => format!("no such process; the number is a thread of PID {of}"),
                    None => "no such process; the number is a thread".to_owned(),
                }),
            ),
            PinError::Denied => (
                PidState::Denied,
                text("hidden").with_detail(error.to_string()),
            ),
            PinError::ForeignProc | PinError::Io(_) => (
                PidState::Unreadable,
                text("unreadable").with_detail(error.to_string()),
            ),
        },
    }
}
