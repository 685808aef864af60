//! Users of the system and the files that belong to them.

use std::fs::File;
use std::io;

use rustix::fs::fstat;

use super::files;
use crate::platform::types::{Ownership, UserId};

/// Returns the owner and mode of an open file, by
/// [fstat(2)](https://man7.org/linux/man-pages/man2/fstat.2.html).
pub(crate) fn ownership(file: &File) -> io::Result<Ownership> {
    Ok(files::ownership(&fstat(file)?))
}

/// Returns the real user ID of this process, by
/// [getuid(2)](https://man7.org/linux/man-pages/man2/getuid.2.html).
#[must_use]
pub fn user_id() -> UserId {
    rustix::process::getuid().as_raw()
}

/// Returns the effective user ID of this process, by
/// [geteuid(2)](https://man7.org/linux/man-pages/man2/geteuid.2.html).
pub(crate) fn effective_uid() -> UserId {
    rustix::process::geteuid().as_raw()
}

/// Returns the ID of the user with a name, of
/// [passwd(5)](https://man7.org/linux/man-pages/man5/passwd.5.html), or else of a directory
/// service.
#[cfg(feature = "cli")]
#[must_use]
pub fn user_named(name: &str) -> Option<UserId> {
    let user = nix::unistd::User::from_name(name).ok().flatten();
    user.map(|user| user.uid.as_raw())
}
