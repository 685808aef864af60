//! The names of users.

use nix::unistd::{Uid, User};

use crate::platform::types::UserId;

/// Returns the name of a user, by
/// [getpwuid(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/getpwuid.3.html):
/// Open Directory knows the users.
#[must_use]
pub fn user_name(user: UserId) -> Option<String> {
    let user = User::from_uid(Uid::from_raw(user)).ok().flatten();
    user.map(|user| user.name)
}

/// Returns `false`: no user stands for several.
pub(crate) fn is_overflow_user(_user: UserId) -> bool {
    false
}
