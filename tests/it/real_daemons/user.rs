//! The users of the daemons.

use nix::unistd::User;

/// Returns the user ID and the group ID of a user.
pub(super) fn user(name: &str) -> (u32, u32) {
    let user = User::from_name(name).unwrap();
    let user = user.unwrap_or_else(|| panic!("no user {name}"));
    (user.uid.as_raw(), user.gid.as_raw())
}
