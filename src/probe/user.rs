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
    let mut names = Names::default();
    UserEvidence::Read {
        process: ids.map(|id| names.named(id)),
        is_ambiguous: platform::is_overflow_user(owner),
        owner: names.named(owner),
    }
}

/// Gathers the users of a process and those that it had when it was recorded.
pub(super) fn compare_recorded(process: &PinnedProcess, recorded: UserIds) -> UserEvidence {
    let (recorded, ids) = match process.user_ids() {
        Ok(ids) => (in_order(recorded), in_order(ids)),
        Err(error) => return UserEvidence::Failed(error),
    };
    let mut names = Names::default();
    let mut all = recorded.into_iter().chain(ids);
    UserEvidence::Recorded {
        is_ambiguous: all.any(platform::is_overflow_user),
        recorded: recorded.map(|id| names.named(id)),
        process: ids.map(|id| names.named(id)),
    }
}

/// Returns the user of a process, if all its user IDs are the same.
pub(super) fn sole_user(process: &PinnedProcess) -> Option<UserId> {
    let ids = in_order(process.user_ids().ok()?);
    let [user, ..] = ids;
    (ids == [user; 4] && !platform::is_overflow_user(user)).then_some(user)
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

/// The users that have been named: most of those of a process are one user.
#[derive(Default)]
struct Names(Vec<NamedUser>);

impl Names {
    fn named(&mut self, id: UserId) -> NamedUser {
        if let Some(known) = self.0.iter().find(|user| user.id == id) {
            return known.clone();
        }
        let name = platform::user_name(id);
        let user = NamedUser { id, name };
        self.0.push(user.clone());
        user
    }
}
