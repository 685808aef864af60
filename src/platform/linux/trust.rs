//! Who else could put another file in a file's place.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Users and groups whose writing is no concern.
struct Trusted {
    users: [u32; 3],
    groups: [u32; 2],
}

/// What lets somebody else replace the file at a path: a directory above it that
/// they may write, or a symbolic link on the way that is theirs. Root, the caller
/// and `owner` are trusted, and the caller's group.
pub(crate) fn replaceable_by_others(path: &Path, owner: u32) -> Option<String> {
    let trusted = Trusted {
        users: [0, rustix::process::geteuid().as_raw(), owner],
        groups: [0, rustix::process::getegid().as_raw()],
    };
    let named = std::path::absolute(path).ok()?;
    let real = std::fs::canonicalize(path).ok()?;
    [named, real].iter().find_map(|path| {
        path.ancestors().find_map(|above| {
            let metadata = std::fs::symlink_metadata(above).ok()?;
            trusted.objection(above, &metadata)
        })
    })
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
        let is_sticky = mode & 0o1000 != 0;
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
