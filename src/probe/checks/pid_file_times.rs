//! Checks `boot_id` and `start_time` of the number in a PID file, by the times of the file.

use super::CheckText;
use super::state::{BootState, StartState};
use crate::probe::evidence::StatusEvidence;
use crate::probe::pid_file_evidence::{LockEvidence, PidFileEvidence, Place};
use crate::record::{StartOrder, Written};

/// Concludes from the times of the file. What the process runs outweighs a clock that says
/// that the file is older than this boot.
pub(super) fn boot(evidence: &PidFileEvidence, is_wanted: bool) -> (BootState, CheckText) {
    let is_in_memory = matches!(evidence.place, Place::Memory);
    let holder = match evidence.lock.value {
        LockEvidence::Held => Some("the process"),
        LockEvidence::Family(_) => Some("a process of its family"),
        _ => None,
    };
    let (state, detail) = match evidence.times.written() {
        Written::Unknown => (BootState::Unknown, "without a file, there is no time of it"),
        Written::Future => (BootState::Unknown, "the file is dated in the future"),
        Written::ThisBoot(_) => (BootState::Same, "the file was written in this boot"),
        Written::EarlierBoot | Written::Restored if let Some(holder) = holder => {
            let detail =
                format!("the file is dated before this boot, and yet {holder} holds a lock on it");
            return (BootState::Unknown, CheckText::detail(detail));
        }
        Written::EarlierBoot if is_in_memory => (
            BootState::Unknown,
            "the file is in memory, and dated before this boot: the clock was set",
        ),
        Written::EarlierBoot | Written::Restored if is_wanted => (
            BootState::Unknown,
            "the file is dated before this boot: it is old, or a clock was set",
        ),
        Written::EarlierBoot => (
            BootState::Other,
            "the file was written before this machine was last started",
        ),
        Written::Restored => (
            BootState::Other,
            "the file was written before this machine was last started, and put here since",
        ),
    };
    (state, CheckText::detail(detail))
}

/// Compares the start with the time of the file.
pub(super) fn start(evidence: &PidFileEvidence, is_wanted: bool) -> (StartState, CheckText) {
    let status = match &evidence.status.value {
        StatusEvidence::NotExamined => return (StartState::Skipped, CheckText::nothing()),
        StatusEvidence::Failed(error) => {
            return (StartState::Unreadable, CheckText::detail(error.to_string()));
        }
        StatusEvidence::Read(status) => status,
    };
    let started = status.started_at_unix_ms;
    let Written::ThisBoot(written) = evidence.times.written() else {
        let detail = boot(evidence, is_wanted).1;
        return (StartState::Unusable, detail.with_found(started.to_string()));
    };
    let text = CheckText::compared(format!("by {written}"), started.to_string());
    match evidence.times.order(started) {
        Some(StartOrder::Before) => (StartState::BeforeRecord, text),
        Some(StartOrder::Close) => {
            let detail = "the process started just after the file was written: the number was \
                          reused, or the clock was set soon after boot";
            (StartState::PerhapsAfter, text.with_detail(detail))
        }
        _ => {
            let detail = "the process started after the file was written";
            (StartState::AfterRecord, text.with_detail(detail))
        }
    }
}
