//! The right to remove a file.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, OFlags, accessat, fstat};
use rustix::io::Errno;

use super::directory::parent;
use super::hanging::{guarded, open};
use super::users::effective_uid;
use super::writers::STICKY;

/// Returns whether the permissions of a file and its directory allow the caller to remove
/// it, by [faccessat(2)](https://man7.org/linux/man-pages/man2/faccessat.2.html).
///
/// # Errors
///
/// The reason that the file cannot be removed.
pub fn may_remove(path: &Path) -> io::Result<()> {
    let look = || {
        let directory = open(parent(path), OFlags::PATH | OFlags::DIRECTORY)?;
        let access = Access::WRITE_OK | Access::EXEC_OK;
        accessat(&directory, ".", access, AtFlags::EACCESS)?;
        let directory = fstat(&directory)?;
        let file = fstat(open(path, OFlags::PATH | OFlags::NOFOLLOW)?)?;
        let may = [0, directory.st_uid, file.st_uid].contains(&effective_uid());
        if directory.st_mode & STICKY != 0 && !may {
            return Err(Errno::PERM.into());
        }
        Ok(())
    };
    guarded(look, look)
}
