//! The users who can write to a file or directory, by its owner, its mode and its access
//! control list.

use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::Stat;

use super::access_list::{self, Grantee};
use super::groups::sole_member;
use super::hanging::server_of;
use super::stat;
use super::user_names::is_overflow_user;
use super::users::effective_uid;
use crate::platform::types::{Power, UserId, Writer};

/// The sticky bit: only the owner of a file and the owner of the directory may remove the
/// file.
pub(super) const STICKY: u32 = 0o1000;

/// The directories that root makes on every system, of
/// [hier(7)](https://man7.org/linux/man-pages/man7/hier.7.html). In a user namespace that
/// does not map root, they belong to the overflow user, as do those of other users.
const SYSTEM: [&str; 16] = [
    "/",
    "/dev",
    "/etc",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/run",
    "/run/user",
    "/srv",
    "/tmp",
    "/usr",
    "/var",
    "/var/lib",
    "/var/run",
    "/var/tmp",
];

/// The users who can change the entries of a directory.
pub(super) struct DirectoryWriters {
    pub(super) writers: Vec<Writer>,
    /// Whether others can only add entries, because of the sticky bit.
    pub(super) is_shared: bool,
}

pub(super) fn of_directory(path: &Path, held: impl AsFd, stat: &Stat) -> DirectoryWriters {
    let owner = owner("directory", path, stat);
    let mode = stat::mode(stat);
    let is_shared = mode & 0o022 != 0 && mode & STICKY != 0;
    let mut writers: Vec<Writer> = owner.into_iter().collect();
    if !is_shared {
        let place = format!("the directory {}", path.display());
        writers.extend(others(Power::Replace, held, stat, |who| {
            format!("{who} can write to {place}")
        }));
    }
    DirectoryWriters { writers, is_shared }
}

pub(super) fn of_link(path: &Path, stat: &Stat) -> Vec<Writer> {
    owner("link", path, stat).into_iter().collect()
}

/// Returns the users who can write to an open file, except root and the caller.
pub(super) fn of_file(file: impl AsFd, stat: &Stat) -> Vec<Writer> {
    let mode = stat::mode(stat) & 0o7777;
    let mut writers = others(Power::Write, file, stat, |_| {
        format!("others may write the file (mode {mode:04o})")
    });
    let owner = stat.st_uid;
    if !is_trusted(owner) {
        let reason = format!("the file belongs to user ID {owner}");
        writers.push(Writer {
            user: known(owner),
            power: Power::Own,
            reason,
        });
    }
    writers
}

/// Returns the user who decides what the file system of an open file shows, unless that is
/// the kernel, root or the caller.
pub(super) fn of_file_system(held: impl AsFd) -> Option<Writer> {
    let (user, mount) = server_of(held)?;
    let reason = format!("user ID {user} serves {mount}");
    (!is_trusted(user)).then(|| Writer {
        user: known(user),
        power: Power::Replace,
        reason,
    })
}

/// Returns whether the system keeps users from linking to files that they can not write.
/// Linux: by [proc_sys_fs(5)](https://man7.org/linux/man-pages/man5/proc_sys_fs.5.html).
pub(super) fn hard_links_are_protected() -> bool {
    std::fs::read_to_string("/proc/sys/fs/protected_hardlinks")
        .is_ok_and(|setting| setting.trim() == "1")
}

fn owner(what: &str, path: &Path, stat: &Stat) -> Option<Writer> {
    let owner = stat.st_uid;
    let is_system = || is_overflow_user(owner) && SYSTEM.iter().any(|name| path == *name);
    if is_trusted(owner) || is_system() {
        return None;
    }
    let reason = format!("the {what} {} belongs to user ID {owner}", path.display());
    Some(Writer {
        user: known(owner),
        power: Power::Replace,
        reason,
    })
}

/// Returns the users that have write access by the mode and the access control list.
fn others(
    power: Power,
    held: impl AsFd,
    stat: &Stat,
    reason: impl Fn(&str) -> String,
) -> Vec<Writer> {
    let mut writers = Vec::new();
    let mode = stat::mode(stat);
    if mode & 0o002 != 0 {
        writers.push(Writer::unknown(power, reason("all users")));
    } else if access_list::may_grant(mode) {
        match access_list::writers(held.as_fd(), stat) {
            Ok(grantees) => {
                let granted = grantees.into_iter().filter_map(|grantee| {
                    let (who, user) = match grantee {
                        Grantee::User(user) => (format!("user ID {user}"), known(user)),
                        Grantee::Group(group) => (format!("group ID {group}"), sole_member(group)),
                    };
                    let is_root = grantee == Grantee::Group(0);
                    let reason = reason(&who);
                    let writer = Writer {
                        user,
                        power,
                        reason,
                    };
                    (!is_root && !user.is_some_and(is_trusted)).then_some(writer)
                });
                writers.extend(granted);
            }
            Err(error) => {
                let who = format!("others (its access control list cannot be read: {error})");
                writers.push(Writer::unknown(power, reason(&who)));
            }
        }
    }
    writers
}

fn is_trusted(user: UserId) -> bool {
    user == 0 || user == effective_uid()
}

/// Returns the user with an ID; `None` for the overflow user, who stands for many.
fn known(user: UserId) -> Option<UserId> {
    (!is_overflow_user(user)).then_some(user)
}
