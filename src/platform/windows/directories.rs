//! Directories: private ones, temporary ones, and locks.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;
#[cfg(feature = "cli")]
use std::path::PathBuf;
use std::time::Duration;

use windows_sys::Win32::Foundation::GENERIC_WRITE;
use windows_sys::Win32::Storage::FileSystem::FILE_GENERIC_READ;

use super::directory::Directory;
#[cfg(feature = "cli")]
use super::new_directory::{create, new_name};
use super::users;
use crate::deadline::Deadline;

/// The maximum time to wait for a lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// The pause between two attempts to lock a directory.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// The file that stands for its directory: Windows locks no directories.
const LOCK_FILE: &str = ".rpctl-lock";

/// Creates a directory and its missing parents, which only their owner can use. The
/// established crate accepts a registry with this access control list and no other.
///
/// # Errors
///
/// Fails if a directory cannot be created; with [`io::ErrorKind::NotADirectory`] if another
/// file has its name.
pub fn create_private_dir(path: &Path) -> io::Result<()> {
    Directory::create(path).map(drop)
}

/// Creates a directory with a new name in another one, which only its owner can use. Returns
/// its path.
///
/// # Errors
///
/// The error of the system.
#[cfg(feature = "cli")]
pub fn create_temporary_dir(parent: &Path) -> io::Result<PathBuf> {
    let path = parent.join(new_name());
    create(&path).map(|()| path)
}

/// Removes a directory and what is in it. Links are not followed.
///
/// # Errors
///
/// The error of the system.
#[cfg(feature = "cli")]
pub fn remove_temporary_dir(path: &Path) -> io::Result<()> {
    std::fs::remove_dir_all(path)
}

/// Returns whether `path` is a directory of the caller in which only the caller and the system
/// can create and replace files.
///
/// # Errors
///
/// Fails if the directory cannot be examined.
pub fn is_private_dir(path: &Path) -> io::Result<bool> {
    let directory = Directory::open(path)?;
    let ownership = directory.ownership()?;
    let is_ours = [0, users::effective_uid()].contains(&ownership.owner);
    Ok(is_ours && ownership.mode & 0o022 == 0 && directory.writers().is_empty())
}

/// Locks a directory until the returned file is dropped, by a lock on a file in it.
///
/// # Errors
///
/// Fails if the file cannot be opened or locked; with [`io::ErrorKind::TimedOut`] if another
/// process holds the lock for 5 seconds.
pub fn lock_dir(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.access_mode(FILE_GENERIC_READ | GENERIC_WRITE);
    let file = options
        .create(true)
        .write(true)
        .open(path.join(LOCK_FILE))?;
    let deadline = Deadline::after(LOCK_TIMEOUT);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) if deadline.has_passed() => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another process keeps the directory locked",
                ));
            }
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(std::fs::TryLockError::Error(error)) => return Err(error),
        }
    }
}
