//! Checks `host` and `peer` of the number in a PID file: where it was written, and who has locked
//! the file.

use super::CheckText;
use super::peer::label;
use super::state::{HostState, PeerState};
use crate::platform::Namesakes;
use crate::probe::pid_file_evidence::{LockEvidence, PidFileEvidence, Place};
use crate::record::Written;
use crate::report::Outcome;

/// Looks for a sign that the number is that of another PID namespace or machine.
pub(super) fn host(evidence: &PidFileEvidence) -> (HostState, CheckText) {
    let elsewhere = |detail| (HostState::OtherPidNamespace, CheckText::detail(detail));
    let pid = evidence.pid;
    let is_of_earlier_boot = matches!(
        evidence.times.written(),
        Written::Restored | Written::EarlierBoot
    );
    match (&evidence.lock.value, evidence.namesakes.value) {
        (LockEvidence::Elsewhere, _) => elsewhere(
            "a process that cannot be seen from here, in another PID namespace (a container), \
             holds a lock on the file"
                .to_owned(),
        ),
        (lock, _)
            if let Place::Shared(mount) = &evidence.place
                && !matches!(lock, LockEvidence::Held) =>
        {
            let detail = format!("other machines or containers may share {mount}");
            (HostState::OtherMachine, CheckText::detail(detail))
        }
        // No container has survived a boot.
        (_, Some(Namesakes::Inner(inner))) if !is_of_earlier_boot => elsewhere(format!(
            "PID {inner} is PID {pid} inside its own PID namespace (a container), and may be the \
             one that the file names"
        )),
        (_, Some(Namesakes::Outside { began_unix_ms }))
            if !is_of_earlier_boot && evidence.times.is_older_than(began_unix_ms) =>
        {
            elsewhere("the file is older than this PID namespace (a container)".to_owned())
        }
        _ => unsaid(),
    }
}

fn unsaid() -> (HostState, CheckText) {
    let text = CheckText::detail("a PID file does not say where it was written");
    (HostState::Unsaid, text)
}

/// Concludes from the lock on the file; nothing if that is one of another host.
pub(super) fn peer(evidence: &PidFileEvidence, host: HostState) -> (PeerState, CheckText) {
    if host.outcome() == Outcome::Fail {
        return (PeerState::Skipped, CheckText::nothing());
    }
    let holder = format!("PID {}", evidence.pid);
    let skipped = |detail: String| (PeerState::Skipped, CheckText::detail(detail));
    match &evidence.lock.value {
        LockEvidence::Held => {
            let text = CheckText::compared(&holder, &holder);
            let text = text.with_detail("the process holds a lock on the file");
            (PeerState::Locked, text)
        }
        LockEvidence::Other(process) => {
            let text = CheckText::compared(&holder, label(process));
            (
                PeerState::LockedByOther,
                text.with_detail("it holds a lock on the file"),
            )
        }
        LockEvidence::Unnamed => {
            let text = CheckText::compared(&holder, "another process");
            (
                PeerState::LockedByOther,
                text.with_detail("it holds a lock on the file"),
            )
        }
        LockEvidence::Family(process) => {
            let text = CheckText::compared(&holder, label(process));
            (
                PeerState::LockedByFamily,
                text.with_detail("of its family; it holds a lock on the file"),
            )
        }
        LockEvidence::Unlocked => skipped("no lock on the file tells of the process".to_owned()),
        LockEvidence::Elsewhere | LockEvidence::NotExamined => {
            (PeerState::Skipped, CheckText::nothing())
        }
    }
}
