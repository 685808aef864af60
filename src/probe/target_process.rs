//! The recorded process, pinned.

use super::evidence::{ProcessEvidence, StatusEvidence};
use super::host_evidence::HostEvidence;
use crate::endpoint::{Connected, ServedBy};
use crate::identity::{DaemonProcess, is_known};
use crate::platform::{Liveness, PinError, PinnedProcess};

/// The recorded process, or the reason why there is none to examine.
pub(super) enum TargetProcess {
    Alive(PinnedProcess),
    /// The recorded PID means nothing here and now.
    NotExamined,
    Failed(PinError),
    Zombie {
        parent: Option<u32>,
    },
    /// It was pinned, and has exited since.
    Exited,
}

impl TargetProcess {
    /// Pins the recorded process, unless the record is from another boot, host or PID
    /// namespace.
    pub(super) fn pin(expected: &DaemonProcess, host: &HostEvidence) -> Self {
        let other_boot = is_known(&expected.boot_id)
            && is_known(&host.ours.boot_id)
            && expected.boot_id != host.ours.boot_id;
        if other_boot || host.is_foreign() {
            return Self::NotExamined;
        }
        PinnedProcess::open(expected.pid).map_or_else(Self::Failed, Self::examine)
    }

    /// Determines again whether the process is alive.
    pub(super) fn examine_again(self) -> Self {
        match self {
            Self::Alive(process) => Self::examine(process),
            dead => dead,
        }
    }

    fn examine(process: PinnedProcess) -> Self {
        match process.liveness() {
            Ok(Liveness::Zombie) => Self::Zombie {
                parent: process.status().ok().map(|status| status.parent),
            },
            Ok(Liveness::Reaped) => Self::Exited,
            // An error of the system does not prove that the process is dead.
            Ok(Liveness::Alive) | Err(_) => Self::Alive(process),
        }
    }

    pub(super) fn process(&self) -> Option<&PinnedProcess> {
        match self {
            Self::Alive(process) => Some(process),
            Self::NotExamined | Self::Failed(_) | Self::Zombie { .. } | Self::Exited => None,
        }
    }

    pub(super) fn status(&self) -> StatusEvidence {
        match self.process().map(PinnedProcess::status) {
            None => StatusEvidence::NotExamined,
            Some(Ok(status)) => StatusEvidence::Read(status),
            Some(Err(error)) => StatusEvidence::Failed(error),
        }
    }

    /// Returns the relation of the process to a fresh connection.
    pub(super) fn server_of(&self, connected: &Connected) -> ServedBy<'_> {
        match self {
            Self::Alive(process) => ServedBy::new(connected, process),
            Self::Failed(error @ (PinError::Denied | PinError::ForeignProc | PinError::Io(_))) => {
                ServedBy::ProcessUnexamined(error.to_string())
            }
            Self::Failed(PinError::NoSuchProcess | PinError::Thread { .. })
            | Self::NotExamined
            | Self::Zombie { .. }
            | Self::Exited => ServedBy::NoProcess,
        }
    }

    pub(super) fn into_parts(self) -> (ProcessEvidence, Option<PinnedProcess>) {
        match self {
            Self::Alive(process) => (ProcessEvidence::Alive, Some(process)),
            Self::NotExamined => (ProcessEvidence::NotExamined, None),
            Self::Failed(error) => (ProcessEvidence::Failed(error), None),
            Self::Zombie { parent } => (ProcessEvidence::Zombie { parent }, None),
            Self::Exited => (ProcessEvidence::ExitedDuringProbe, None),
        }
    }
}
