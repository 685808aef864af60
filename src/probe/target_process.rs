//! The recorded process, pinned.

use super::evidence::{NoProcess, StatusEvidence};
use super::host_evidence::HostEvidence;
use crate::endpoint::{Connected, ServedBy};
use crate::platform::{Liveness, PinError, PinnedProcess};

/// The recorded process, alive, or the reason why there is none to examine.
pub(super) type TargetProcess = Result<PinnedProcess, NoProcess>;

/// Pins the process that has the recorded PID now, unless the record is from another host
/// or PID namespace. After a reboot, it may still be the one that serves the socket.
pub(super) fn pin(pid: u32, host: &HostEvidence) -> TargetProcess {
    if host.is_foreign() {
        return Err(NoProcess::NotExamined);
    }
    let process = PinnedProcess::open(pid).map_err(NoProcess::Failed)?;
    examine(process)
}

/// Determines whether a pinned process is alive.
pub(super) fn examine(process: PinnedProcess) -> TargetProcess {
    match process.liveness() {
        Ok(Liveness::Zombie) => Err(NoProcess::Zombie {
            parent: process.status().ok().map(|status| status.parent),
        }),
        Ok(Liveness::Reaped) => Err(NoProcess::ExitedDuringProbe),
        // An error of the system does not prove that the process is dead.
        Ok(Liveness::Alive) | Err(_) => Ok(process),
    }
}

pub(super) fn status(target: &TargetProcess) -> StatusEvidence {
    match target.as_ref().map(PinnedProcess::status) {
        Err(_) => StatusEvidence::NotExamined,
        Ok(Ok(status)) => StatusEvidence::Read(status),
        Ok(Err(error)) => StatusEvidence::Failed(error),
    }
}

/// Returns the relation of the process to a fresh connection.
pub(super) fn server<'p>(target: &'p TargetProcess, connected: &Connected) -> ServedBy<'p> {
    match target {
        Ok(process) => ServedBy::new(connected, process),
        Err(NoProcess::Failed(
            error @ (PinError::Denied(_) | PinError::ForeignProc | PinError::Io(_)),
        )) => ServedBy::ProcessUnexamined(error.to_string()),
        Err(_) => ServedBy::NoProcess,
    }
}

/// Separates the evidence from the process.
pub(super) fn into_parts(target: TargetProcess) -> (Result<(), NoProcess>, Option<PinnedProcess>) {
    match target {
        Ok(process) => (Ok(()), Some(process)),
        Err(reason) => (Err(reason), None),
    }
}
