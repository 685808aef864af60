//! Directories: private ones, temporary ones, and locks.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
#[cfg(feature = "cli")]
use std::path::PathBuf;
use std::time::Duration;

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;

use super::directory::Directory;
#[cfg(feature = "cli")]
use super::hanging::is_at_hand;
use super::hanging::{beat, guarded, guarded_file, open};
use super::users::effective_uid;
use crate::deadline::Deadline;

/// The maximum time to wait for a lock. [`lock_dir`] cannot use a blocking call: any user
/// who can read a directory can lock it and never release it.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The pause between two attempts to lock a directory.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// Creates a directory and its missing parents with mode 0700, by
/// [mkdir(2)](https://man7.org/linux/man-pages/man2/mkdir.2.html).
///
/// # Errors
///
/// Fails if a directory cannot be created; with [`io::ErrorKind::NotADirectory`] if
/// another file has its name; with [`is_hang`](crate::platform::is_hang) if the file system
/// does not answer.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    let create = || Directory::create(path).map(drop);
    guarded(create, create)
}

/// Creates a directory with mode 0700 and a new name in another one. Returns its path.
///
/// # Errors
///
/// As for [`create_private_dir`].
#[cfg(feature = "cli")]
pub fn create_temporary_dir(parent: &Path) -> io::Result<PathBuf> {
    let create = || Directory::open(parent)?.create_new();
    guarded(create, create).map(|name| parent.join(name))
}

/// Removes a directory and what is in it. Symbolic links are not followed.
///
/// # Errors
///
/// The error of the system; as [`create_private_dir`] if the file system does not answer.
#[cfg(feature = "cli")]
pub fn remove_temporary_dir(path: &Path) -> io::Result<()> {
    let remove = || {
        is_at_hand(path)?;
        std::fs::remove_dir_all(path)
    };
    guarded(remove, remove)
}

/// Returns whether `path` is a directory of the caller in which only the caller and root
/// can create and replace files, now and by exchanging a directory above it.
///
/// # Errors
///
/// Fails if the directory cannot be examined.
pub fn is_private_dir(path: &Path) -> io::Result<bool> {
    let look = || {
        let directory = Directory::open(path)?;
        let ownership = directory.ownership()?;
        let is_ours = ownership.owner == effective_uid() && ownership.mode & 0o022 == 0;
        Ok(is_ours && directory.writers().is_empty())
    };
    guarded(look, look)
}

/// Locks a directory by [flock(2)](https://man7.org/linux/man-pages/man2/flock.2.html)
/// until the returned file is dropped.
///
/// A file system without such locks (NFS) is used without a lock.
///
/// # Errors
///
/// Fails if the directory cannot be opened or locked; with [`io::ErrorKind::TimedOut`] if
/// another process holds the lock for 5 seconds; as [`create_private_dir`] if the file
/// system does not answer.
pub fn lock_dir(path: &Path) -> io::Result<File> {
    // The lock belongs to the open directory, whichever process has it.
    let lock = || locked(open(path, OFlags::RDONLY | OFlags::DIRECTORY)?);
    guarded_file(lock, lock).map(File::from)
}

fn locked(directory: OwnedFd) -> io::Result<OwnedFd> {
    let deadline = Deadline::after(LOCK_TIMEOUT);
    loop {
        match rustix::fs::flock(&directory, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(directory),
            // NFS locks only files that are open for writing; a directory never is.
            Err(Errno::BADF | Errno::NOLCK | Errno::NOSYS | Errno::OPNOTSUPP) => {
                return Ok(directory);
            }
            Err(Errno::INTR) => {}
            Err(Errno::WOULDBLOCK) if deadline.has_passed() => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another process keeps the directory locked",
                ));
            }
            Err(Errno::WOULDBLOCK) => {
                // The file system answers.
                beat();
                std::thread::sleep(LOCK_PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
}
