//! Check `user`: the process runs as the user who owns the record.

use super::CheckText;
use super::state::{PidState, UserState};
use crate::platform::System;
use crate::probe::evidence::{NamedUser, UserEvidence};

pub(super) fn examine(evidence: &UserEvidence, pid: PidState) -> (UserState, CheckText) {
    match evidence {
        _ if pid != PidState::Alive => (UserState::Skipped, CheckText::nothing()),
        UserEvidence::NotExamined => (UserState::Skipped, CheckText::nothing()),
        UserEvidence::NoOwner => (
            UserState::Skipped,
            CheckText::detail("the record was not read from a file, so it has no owner"),
        ),
        UserEvidence::Failed(error) => (UserState::Unknown, CheckText::detail(error.to_string())),
        UserEvidence::Read {
            owner,
            process,
            is_ambiguous,
        } => {
            let (state, detail) = compare(owner, process, *is_ambiguous);
            let text = CheckText::compared(label(owner), labels(process));
            (state, text.with_any_detail(detail.map(str::to_owned)))
        }
        UserEvidence::Recorded {
            recorded,
            process,
            is_ambiguous,
        } => {
            let (state, detail) = compare_recorded(recorded, process, *is_ambiguous);
            let text = CheckText::compared(labels(recorded), labels(process));
            (state, text.with_any_detail(detail.map(str::to_owned)))
        }
    }
}

/// Compares a process with the user that the caller requires.
pub(crate) fn examine_required(evidence: &UserEvidence) -> (UserState, CheckText) {
    let UserEvidence::Read {
        owner,
        process,
        is_ambiguous,
    } = evidence
    else {
        return examine(evidence, PidState::Alive);
    };
    let text = CheckText::compared(label(owner), labels(process));
    let [_, effective, ..] = process;
    let is_allowed = |user: &NamedUser| user.id == owner.id || user.id == 0;
    let (state, detail) = if *is_ambiguous {
        let detail = "the required user has no ID in this user namespace, and may be another one";
        (UserState::Unknown, Some(detail))
    } else if effective.id != owner.id {
        (
            UserState::Differs,
            Some("another user than the required one"),
        )
    } else if process.iter().all(is_allowed) {
        (UserState::Required, None)
    } else {
        let detail = "another user started it, by a setuid program";
        (UserState::Differs, Some(detail))
    };
    (state, text.with_any_detail(detail.map(str::to_owned)))
}

/// Compares a process with the users that it had when it was recorded. Only root, and a
/// process that executes a program with the set-user-ID bit, get users that they did not
/// have.
fn compare_recorded(
    recorded: &[NamedUser; 4],
    process: &[NamedUser; 4],
    is_ambiguous: bool,
) -> (UserState, Option<&'static str>) {
    let had = |user: &NamedUser| recorded.iter().any(|recorded| recorded.id == user.id);
    if is_ambiguous {
        let detail = "some have no ID in this user namespace, so they may be other users";
        (UserState::Unknown, Some(detail))
    } else if recorded == process {
        (UserState::Owner, None)
    } else if recorded.iter().any(|user| user.id == 0) {
        let detail = "it was root when it was recorded, and has changed its users since";
        (UserState::Changed, Some(detail))
    } else if process.iter().all(had) {
        let detail = "it has changed between the users that it had when it was recorded";
        (UserState::Changed, Some(detail))
    } else {
        let detail = "it runs as a user that it could not become when it was recorded";
        (UserState::Differs, Some(detail))
    }
}

fn compare(
    owner: &NamedUser,
    process: &[NamedUser; 4],
    is_ambiguous: bool,
) -> (UserState, Option<&'static str>) {
    let [_, effective, ..] = process;
    let is_owner = |user: &NamedUser| user.id == owner.id;
    if is_ambiguous && process.iter().any(is_owner) {
        let detail = "both have no ID in this user namespace, so they may be two users";
        (UserState::Unknown, Some(detail))
    } else if process.iter().all(is_owner) {
        (UserState::Owner, None)
    } else if is_owner(effective) {
        let detail = "it runs as the owner of the record, and can become another user again";
        (UserState::Changed, Some(detail))
    } else if owner.id == 0 {
        let detail = match System::THIS {
            System::Windows => {
                "the record belongs to the system or an administrator, and the process runs as \
                 another user"
            }
            System::Linux | System::MacOs => {
                "the record belongs to root, and the process has dropped its privileges"
            }
        };
        (UserState::Changed, Some(detail))
    } else {
        let detail = "the record belongs to another user than the process";
        (UserState::Other, Some(detail))
    }
}

fn labels([real, effective, saved, file_system]: &[NamedUser; 4]) -> String {
    if [real, saved, file_system].iter().all(|&id| id == effective) {
        label(effective)
    } else {
        let (effective, real, saved) = (label(effective), label(real), label(saved));
        format!("{effective} (real user {real}, saved user {saved})")
    }
}

fn label(user: &NamedUser) -> String {
    let number = || format!("user ID {}", user.id);
    user.name.clone().unwrap_or_else(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(owner: u32, process: [u32; 4], is_ambiguous: bool) -> UserState {
        let named = |id| NamedUser { id, name: None };
        compare(&named(owner), &process.map(named), is_ambiguous).0
    }

    #[test]
    fn only_a_process_that_is_its_owner_entirely_is_that() {
        assert_eq!(state(0, [0; 4], false), UserState::Owner);
        assert_eq!(state(7, [7; 4], false), UserState::Owner);
        assert_eq!(state(7, [0, 7, 0, 7], false), UserState::Changed);
        assert_eq!(state(0, [7; 4], false), UserState::Changed);
        assert_eq!(state(0, [7, 0, 0, 0], false), UserState::Changed);
        assert_eq!(state(7, [8; 4], false), UserState::Other);
        assert_eq!(state(7, [0; 4], false), UserState::Other);
    }

    #[test]
    fn users_without_an_id_are_not_taken_for_one_another() {
        assert_eq!(state(65_534, [65_534; 4], true), UserState::Unknown);
        assert_eq!(state(65_534, [0; 4], true), UserState::Other);
        assert_eq!(state(65_534, [65_534; 4], false), UserState::Owner);
    }
}
