//! Check `start_time`: the process is not younger than the record.

use super::CheckText;
use super::state::{PidState, StartState};
use crate::probe::evidence::{Evidence, StatusEvidence};

/// Tolerance for a late start, in milliseconds. The kernel counts start times in clock
/// ticks, and two clocks are read one after the other.
const TOLERANCE_MS: u64 = 100;

pub(super) fn examine(evidence: &Evidence, pid: PidState) -> (StartState, CheckText) {
    let status = match &evidence.status.value {
        _ if pid != PidState::Alive => return (StartState::Skipped, CheckText::nothing()),
        StatusEvidence::NotExamined => return (StartState::Skipped, CheckText::nothing()),
        StatusEvidence::Failed(error) => {
            return (StartState::Unreadable, CheckText::detail(error.to_string()));
        }
        StatusEvidence::Read(status) => status,
    };
    let recorded = evidence.expected.started_at_unix_ms;
    let started = status.started_at_unix_ms;
    let text = CheckText::compared(format!("by {recorded}"), started.to_string());
    let clocks = evidence.host.value.clocks;
    if !clocks.admit(recorded) {
        let detail = if recorded == 0 {
            "the record does not say when it was made"
        } else if clocks.is_future(recorded) {
            "the record is dated in the future, so its time is no evidence: a clock was wrong"
        } else {
            "the record is dated before this machine was started, so its time is no evidence"
        };
        return (StartState::Unusable, text.with_detail(detail));
    }
    if started <= recorded.saturating_add(TOLERANCE_MS) {
        (StartState::BeforeRecord, text)
    } else {
        let later = seconds(started - recorded);
        (
            StartState::AfterRecord,
            text.with_detail(format!(
                "the process started {later} after the record was made: the number was reused, \
                 or the wall clock was set"
            )),
        )
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03} s", milliseconds / 1000, milliseconds % 1000)
}
