//! Check `record`: the integrity of the record, and the users that can write it.

use std::time::Duration;

use super::CheckText;
use super::state::RecordState;
use crate::record::{Finding, LoadError};
use crate::report::{Check, CheckId, Outcome};

pub(crate) fn examine_findings(
    findings: &[Finding],
    note: Option<&str>,
) -> (RecordState, CheckText) {
    let worst = if findings
        .iter()
        .any(|finding| finding.outcome == Outcome::Fail)
    {
        RecordState::Invalid
    } else if findings.is_empty() {
        let text = CheckText::found("sound").with_any_detail(note.map(str::to_owned));
        return (RecordState::Sound, text);
    } else {
        RecordState::Suspicious
    };
    let details: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.outcome == worst.outcome())
        .map(|finding| finding.detail.as_str())
        .chain(note)
        .collect();
    (worst, CheckText::detail(details.join("; ")))
}

/// Returns the check of a record that could not be read.
pub(crate) fn unreadable(error: &LoadError) -> (RecordState, Check) {
    let state = state_of(error);
    let check = CheckText::detail(error.to_string());
    let check = check.into_check(CheckId::Record, state.outcome(), Duration::ZERO);
    (state, check)
}

/// Returns the check of a record that does not exist.
pub(crate) fn missing(detail: String) -> (RecordState, Check) {
    let state = RecordState::Missing;
    let check = CheckText::detail(detail);
    let check = check.into_check(CheckId::Record, state.outcome(), Duration::ZERO);
    (state, check)
}

/// Returns the state of a record that could not be read. Only content that was read makes it
/// invalid.
pub(crate) fn state_of(error: &LoadError) -> RecordState {
    match error {
        LoadError::NotFound(_) => RecordState::Missing,
        error if error.is_hang() => RecordState::Hangs,
        error if error.is_unread() => RecordState::Unread,
        _ => RecordState::Invalid,
    }
}
