//! Files, their owners and directories.

use std::fs::{File, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::error::unsupported;
use crate::platform::file_kind::FileKind;
#[cfg(feature = "client")]
use crate::platform::types::LockHolder;
use crate::platform::types::{FileId, FileStat, Ownership, UserId};

impl FileKind {
    /// Returns the kind of a file; `None` for a regular file.
    #[must_use]
    pub fn from_file_type(file_type: FileType) -> Option<Self> {
        if file_type.is_file() {
            None
        } else if file_type.is_dir() {
            Some(Self::Directory)
        } else {
            Some(Self::File)
        }
    }
}

pub(crate) fn is_pseudo_file(_: &File) -> io::Result<bool> {
    unsupported()
}

#[cfg(feature = "record")]
pub(crate) fn leads_nowhere(_: &io::Error) -> bool {
    false
}

pub(crate) fn own_stdin() -> io::Result<File> {
    unsupported()
}

pub(crate) fn stat_open(_: &File) -> io::Result<FileStat> {
    unsupported()
}

#[cfg(feature = "digest")]
pub(crate) fn read_at(_: &File, _: &mut [u8], _offset: u64) -> io::Result<usize> {
    unsupported()
}

#[cfg(feature = "client")]
pub(crate) fn lock_holders(_: &File) -> io::Result<Vec<LockHolder>> {
    unsupported()
}

#[cfg(feature = "client")]
pub(crate) fn record_lock_holder(_: &File) -> io::Result<Option<LockHolder>> {
    unsupported()
}

#[cfg(feature = "client")]
pub(crate) fn is_in_memory(_: &File) -> bool {
    false
}

pub(crate) fn ctime_is_reliable(_: &File, _device: u64) -> bool {
    false
}

pub(crate) fn mount_id(_: &File) -> Option<u64> {
    None
}

/// Does nothing: new files get the permissions that the system gives them.
pub fn keep_new_files_private() {}

/// Does nothing: only Linux ends a process that writes beyond a limit.
///
/// # Errors
///
/// None.
#[cfg(feature = "cli")]
pub fn survive_size_limit() -> io::Result<()> {
    Ok(())
}

/// Creates a directory for its owner alone.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn create_private_dir(_: &Path) -> io::Result<()> {
    unsupported()
}

/// Creates a directory with a new name.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
#[cfg(feature = "cli")]
pub fn create_temporary_dir(_: &Path) -> io::Result<PathBuf> {
    unsupported()
}

/// Removes a directory and what is in it.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
#[cfg(feature = "cli")]
pub fn remove_temporary_dir(_: &Path) -> io::Result<()> {
    unsupported()
}

/// Returns whether only the caller can create and replace files in a directory.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn is_private_dir(_: &Path) -> io::Result<bool> {
    unsupported()
}

/// Locks a directory.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn lock_dir(_: &Path) -> io::Result<File> {
    unsupported()
}

/// Removes a file if `matches` accepts it.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn remove_if(_: &Path, _matches: impl Fn(&Path) -> bool) -> io::Result<bool> {
    unsupported()
}

/// Returns whether the caller may remove a file.
///
/// # Errors
///
/// Always [`io::ErrorKind::Unsupported`].
pub fn may_remove(_: &Path) -> io::Result<()> {
    unsupported()
}

pub(crate) fn ownership(_: &File) -> io::Result<Ownership> {
    unsupported()
}

/// Returns a number that is no user ID on any system.
#[must_use]
pub fn user_id() -> UserId {
    UserId::MAX
}

/// Returns a number that is no user ID on any system.
pub(crate) fn effective_uid() -> UserId {
    UserId::MAX
}

/// Returns the ID of the user with a name.
#[cfg(feature = "cli")]
#[must_use]
pub fn user_named(_name: &str) -> Option<UserId> {
    None
}

/// Returns the name of a user.
#[must_use]
pub fn user_name(_user: UserId) -> Option<String> {
    None
}

pub(crate) fn is_overflow_user(_user: UserId) -> bool {
    false
}

/// A socket file that is held open.
#[derive(Debug)]
pub(crate) enum HeldSocket {}

impl HeldSocket {
    pub(crate) fn open(_: &Path) -> Option<Self> {
        None
    }

    pub(crate) fn identity(&self) -> (FileId, i128) {
        match *self {}
    }

    pub(crate) fn owner(&self) -> UserId {
        match *self {}
    }

    pub(crate) fn is_unbound(&self) -> bool {
        match *self {}
    }
}

/// A file that is held open without access to its content.
#[derive(Debug)]
pub(crate) enum HeldFile {}

impl HeldFile {
    pub(crate) fn id(&self) -> FileId {
        match *self {}
    }

    pub(crate) fn path(&self) -> PathBuf {
        match *self {}
    }
}
