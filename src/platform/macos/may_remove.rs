//! The right to remove a file.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, accessat, lstat};
use rustix::io::Errno;

use super::directory::parent;
use super::stat::mode;
use super::users::effective_uid;
use super::writers::STICKY;

/// Returns whether the permissions of a file and its directory allow the caller to remove
/// it, by
/// [faccessat(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/faccessat.2.html).
///
/// # Errors
///
/// The reason that the file cannot be removed.
pub fn may_remove(path: &Path) -> io::Result<()> {
    let directory = parent(path);
    let access = Access::WRITE_OK | Access::EXEC_OK;
    accessat(CWD, directory, access, AtFlags::EACCESS)?;
    let directory = rustix::fs::stat(directory)?;
    let file = lstat(path)?;
    let may = [0, directory.st_uid, file.st_uid].contains(&effective_uid());
    if mode(&directory) & STICKY != 0 && !may {
        return Err(Errno::PERM.into());
    }
    Ok(())
}
