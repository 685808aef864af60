//! Check `pid`: the process exists, is no zombie, and is pinned.

use super::CheckText;
use super::peer::described;
use super::state::{BootState, HostState, PidState};
use crate::platform::{PinError, ProcessFacts};
use crate::probe::evidence::NoProcess;
use crate::report::Outcome;
use crate::standstill::Standstill;

/// The process with the recorded PID.
pub(super) struct Found<'a> {
    pub(super) pid: u32,
    /// Whether it is alive.
    pub(super) process: &'a Result<(), NoProcess>,
    /// Its description, if it is another one.
    pub(super) occupant: Option<&'a ProcessFacts>,
    pub(super) standstill: Option<&'a Standstill>,
}

pub(super) fn examine(
    found: &Found<'_>,
    host: HostState,
    boot: BootState,
) -> (PidState, CheckText) {
    let skipped = |detail| (PidState::Skipped, CheckText::detail(detail));
    if host.outcome() == Outcome::Fail {
        return skipped("PIDs of the record mean nothing here");
    }
    if boot == BootState::Other {
        return skipped("PIDs of another boot mean nothing now");
    }
    let pid = found.pid.to_string();
    let text = |actual: &str| CheckText::compared(&pid, actual);
    match found.process {
        Err(NoProcess::NotExamined) => (PidState::Skipped, CheckText::nothing()),
        Ok(()) => {
            let actual = format!("alive{}", described(found.occupant));
            let detail = found.standstill.map(ToString::to_string);
            (PidState::Alive, text(&actual).with_any_detail(detail))
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
        Err(NoProcess::Failed(error)) => {
            let (state, actual, detail) = not_pinned(error);
            (state, text(actual).with_detail(detail))
        }
    }
}

/// Returns the state of a process that is not asked.
pub(super) fn unasked(state: PidState, standstill: Option<&Standstill>) -> PidState {
    match standstill {
        Some(_) if state == PidState::Alive => PidState::Standstill,
        _ => state,
    }
}

fn not_pinned(error: &PinError) -> (PidState, &'static str, String) {
    match error {
        PinError::NoSuchProcess => (PidState::Exited, "none", "no such process".to_owned()),
        PinError::Thread { of } => {
            let process = of.map_or_else(String::new, |pid| format!(" of PID {pid}"));
            let detail = format!("no such process; the number is a thread{process}");
            (PidState::Exited, "a thread", detail)
        }
        PinError::Denied(_) => (PidState::Denied, "hidden", error.to_string()),
        PinError::ForeignProc | PinError::Io(_) => {
            (PidState::Unreadable, "unreadable", error.to_string())
        }
    }
}
