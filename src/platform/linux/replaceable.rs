//! Who else could put another file in a file's place.

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

/// In a directory with this bit, only its owner and that of a file may remove the file.
const STICKY: u32 = 0o1000;

/// Symbolic links followed on one way, as the kernel does.
const MAX_LINKS: usize = 40;

/// Users and groups whose writing is no concern.
struct Trusted {
    users: [u32; 3],
    groups: [u32; 2],
}

/// What was found on the ways to files, so that of many files in one directory
/// only the first takes a look at each directory above.
#[derive(Debug, Default)]
pub(crate) struct Ways(Mutex<HashMap<(PathBuf, u32), Option<String>>>);

impl Ways {
    /// As [`replaceable_by_others`], for a path that is a symbolic link or not.
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

/// What lets somebody else replace the file at a path: a directory on the way to
/// it that they may write, or a symbolic link on the way that is theirs. Root, the
/// caller and `owner` are trusted, and the caller's group.
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
                Ok(_) => return Some(format!("{} leads in circles", path.display())),
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

/// The names on a path, without the root and without what leads nowhere.
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
            Some(format!("anybody may write the directory {path}"))
        } else if mode & 0o020 != 0 && !self.groups.contains(&metadata.gid()) {
            let group = metadata.gid();
            Some(format!("group ID {group} may write the directory {path}"))
        } else {
            None
        }
    }
}

/// Whether the caller may remove a file, as far as the rights on it and its directory
/// tell.
///
/// # Errors
///
/// Why not.
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
