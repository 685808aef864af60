//! The ways in which other users could replace a file: by write access to a directory, or
//! by a link of theirs on its path.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::users::effective_uid;

/// The sticky bit: only the owner of a file and the owner of the directory may remove the
/// file.
const STICKY: u32 = 0o1000;

/// The maximum number of symbolic links on a path, as in the kernel.
const MAX_LINKS: usize = 40;

/// Users and groups that may have write access.
struct Trusted {
    users: [u32; 3],
    groups: [u32; 2],
}

/// Results of earlier checks of directories, so that the directories above many files of
/// one directory are examined once.
#[derive(Debug, Default)]
pub(crate) struct PathChecks(Mutex<HashMap<(PathBuf, u32), Option<String>>>);

impl PathChecks {
    /// Calls [`replaceable_by_others`], unless the result is known. `is_link` states whether
    /// the path is a symbolic link.
    pub(crate) fn replaceable_by_others(
        &self,
        path: &Path,
        is_link: bool,
        owner: u32,
    ) -> Option<String> {
        let directory = match path.parent() {
            Some(directory) if !is_link && path.is_absolute() => directory,
            _ => return replaceable_by_others(path, owner),
        };
        let key = (directory.to_owned(), owner);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .entry(key)
            .or_insert_with(|| replaceable_by_others(directory, owner))
            .clone()
    }
}

fn unseen(at: &Path, error: &io::Error) -> String {
    format!("{} cannot be looked at: {error}", at.display())
}

/// Returns the reason that another user could replace the file at a path: a directory on
/// the path that they may write, or a symbolic link that belongs to them. Trusted are
/// root, the caller, `owner`, and the group of the caller.
///
/// Directories and links are those of
/// [path_resolution(7)](https://man7.org/linux/man-pages/man7/path_resolution.7.html).
/// Linux: access control lists are not examined beyond the group bits that contain them.
pub(crate) fn replaceable_by_others(path: &Path, owner: u32) -> Option<String> {
    let path = match std::path::absolute(path) {
        Ok(path) => path,
        Err(error) => return Some(unseen(path, &error)),
    };
    let trusted = Trusted {
        users: [0, rustix::process::geteuid().as_raw(), owner],
        groups: [0, rustix::process::getegid().as_raw()],
    };
    let mut at = PathBuf::from("/");
    let mut ahead = components(&path);
    let mut links = 0;
    loop {
        let metadata = match std::fs::symlink_metadata(&at) {
            Ok(metadata) => metadata,
            Err(error) => return Some(unseen(&at, &error)),
        };
        let objection = trusted.objection(&at, &metadata);
        if objection.is_some() {
            return objection;
        }
        if metadata.is_symlink() {
            links += 1;
            let target = match std::fs::read_link(&at) {
                Ok(target) if links <= MAX_LINKS => target,
                Ok(_) => return Some(format!("{} is a circle of symbolic links", path.display())),
                Err(error) => return Some(unseen(&at, &error)),
            };
            at.pop();
            if target.is_absolute() {
                at = PathBuf::from("/");
            }
            ahead = components(&target).into_iter().chain(ahead).collect();
        }
        let next = ahead.pop_front()?;
        if next == ".." {
            at.pop();
        } else {
            at.push(next);
        }
    }
}

/// Returns the names on a path, without the root and without `.`.
fn components(path: &Path) -> VecDeque<OsString> {
    path.components()
        .filter(|component| matches!(component, Component::Normal(_) | Component::ParentDir))
        .map(|component| component.as_os_str().to_owned())
        .collect()
}

impl Trusted {
    fn objection(&self, path: &Path, metadata: &Metadata) -> Option<String> {
        let what = if metadata.is_symlink() {
            "link"
        } else if metadata.is_dir() {
            "directory"
        } else {
            return None;
        };
        let path = path.display();
        let owner = metadata.uid();
        let mode = metadata.mode();
        let is_sticky = mode & STICKY != 0;
        if !self.users.contains(&owner) {
            Some(format!("the {what} {path} belongs to user ID {owner}"))
        } else if metadata.is_symlink() || is_sticky {
            None
        } else if mode & 0o002 != 0 {
            Some(format!("all users can write to the directory {path}"))
        } else if mode & 0o020 != 0 && !self.groups.contains(&metadata.gid()) {
            let group = metadata.gid();
            Some(format!(
                "group ID {group} can write to the directory {path}"
            ))
        } else {
            None
        }
    }
}

/// Returns whether the permissions of a file and its directory allow the caller to remove
/// it, by [faccessat(2)](https://man7.org/linux/man-pages/man2/faccessat.2.html).
///
/// # Errors
///
/// The reason that the file cannot be removed.
pub fn may_remove(path: &Path) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    accessat(
        CWD,
        directory,
        Access::WRITE_OK | Access::EXEC_OK,
        AtFlags::EACCESS,
    )?;
    let directory = std::fs::metadata(directory)?;
    let file = std::fs::symlink_metadata(path)?;
    let may = [0, directory.uid(), file.uid()].contains(&effective_uid());
    if directory.mode() & STICKY != 0 && !may {
        return Err(Errno::PERM.into());
    }
    Ok(())
}
