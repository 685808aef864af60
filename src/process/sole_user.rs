//! The one user of a process.

use crate::platform::{self, PinnedProcess, UserId, UserIds};

/// Returns the user of a process, if all its user IDs are the same.
pub(crate) fn sole_user(process: &PinnedProcess) -> Option<UserId> {
    let UserIds {
        real,
        effective,
        saved,
        file_system,
    } = process.user_ids().ok()?;
    let is_sole = [effective, saved, file_system] == [real; 3];
    (is_sole && !platform::is_overflow_user(real)).then_some(real)
}
