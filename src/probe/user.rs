//! The user of the recorded process, next to the owner of the record.

use super::evidence::{NamedUser, UserEvidence};
use crate::platform::{self, PinnedProcess, UserId, UserIds};

/// Gathers the users to compare. `owner` is that of the record.
pub(super) fn compare(process: &PinnedProcess, owner: Option<UserId>) -> UserEvidence {
    let Some(owner) = owner else {
        return UserEvidence::NoOwner;
    };
    let ids = match process.user_ids() {
        Ok(ids) => in_order(ids),
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
        process: ids.map(like_owner),
        is_ambiguous: platform::is_overflow_user(owner.id),
        owner,
    }
}

/// Gathers the users of a process and those that it had when it was recorded.
pub(super) fn compare_recorded(process: &PinnedProcess, recorded: UserIds) -> UserEvidence {
    let (recorded, ids) = match process.user_ids() {
        Ok(ids) => (in_order(recorded), in_order(ids)),
        Err(error) => return UserEvidence::Failed(error),
    };
    let mut all = recorded.into_iter().chain(ids);
    UserEvidence::Recorded {
        is_ambiguous: all.any(platform::is_overflow_user),
        recorded: recorded.map(named),
        process: ids.map(named),
    }
}

fn in_order(ids: UserIds) -> [UserId; 4] {
    let UserIds {
        real,
        effective,
        saved,
        file_system,
    } = ids;
    [real, effective, saved, file_system]
}

fn named(id: UserId) -> NamedUser {
    NamedUser {
        id,
        name: platform::user_name(id),
    }
}
