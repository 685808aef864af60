//! Access control lists, which give rights besides those of the mode.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::Stat;

use super::stat::mode;
use super::sys::access_list as sys;
pub(super) use crate::platform::macos_forms::access_list::Grantee;
use crate::platform::macos_forms::access_list::grantees;

/// Returns `true`: a list can give rights that the mode does not show.
pub(super) fn may_grant(_mode: u32) -> bool {
    true
}

/// Returns the users and groups, besides the owner and all users, who can write to an open
/// file: its group by the mode, and those in its list.
pub(super) fn writers(file: BorrowedFd<'_>, stat: &Stat) -> io::Result<Vec<Grantee>> {
    let group = (mode(stat) & 0o020 != 0).then_some(Grantee::Group(stat.st_gid));
    let listed = grantees(&sys::text(file)?).ok_or(io::ErrorKind::InvalidData)?;
    Ok(group.into_iter().chain(listed).collect())
}
