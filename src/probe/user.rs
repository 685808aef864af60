//! The user of the recorded process, next to the owner of the record.

use super::evidence::{NamedUser, UserEvidence};
use super::target_process::TargetProcess;
use crate::platform::{self, UserId, UserIds};

/// Gathers the users to compare. `owner` is that of the record.
pub(super) fn compare(target: &TargetProcess, owner: Option<UserId>) -> UserEvidence {
    let Ok(process) = target else {
        return UserEvidence::NotExamined;
    };
    let Some(owner) = owner else {
        return UserEvidence::NoOwner;
    };
    let UserIds {
        real,
        effective,
        saved,
        file_system,
    } = match process.user_ids() {
        Ok(ids) => ids,
        Err(error) => return UserEvidence::Failed(error),
    };
    let owner = named(owner);
    let like_owner = |id| {
        if id == owner.id {
            owner.clone()
        } else {
            named(id)
        }
    };
    UserEvidence::Read {
        process: [real, effective, saved, file_system].map(like_owner),
        is_ambiguous: platform::is_overflow_user(owner.id),
        owner,
    }
}

fn named(id: UserId) -> NamedUser {
    NamedUser {
        id,
        name: platform::user_name(id),
    }
}
