//! Files on a walk. No descriptor holds a file without opening it, so only directories are
//! held; of any other file it is compared later whether the name is still its own.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Stat, fstat, statat};

pub(super) use super::hanging::DIRECTORY;
use super::hanging::step;
use super::stat::device;

/// A file that was looked at: a directory is open.
pub(super) type Held = Option<OwnedFd>;

/// Looks at a file in the directory `at`, whose path without links is `path`, and opens it if it is a directory.
pub(super) fn hold(at: impl AsFd, path: &Path, name: &OsStr) -> io::Result<(Held, Stat)> {
    let stat = statat(&at, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return Ok((None, stat));
    }
    let held = step(at, path, name, DIRECTORY)?;
    let stat = fstat(&held)?;
    Ok((Some(held), stat))
}

/// Returns the descriptor of a directory.
pub(super) fn directory_of(held: Held) -> io::Result<OwnedFd> {
    held.ok_or_else(|| io::ErrorKind::NotADirectory.into())
}

/// Returns the kind and the device of a file in the directory `at`.
pub(super) fn look(at: impl AsFd, name: &OsStr) -> rustix::io::Result<(FileType, u64)> {
    let stat = statat(at, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok((FileType::from_raw_mode(stat.st_mode), device(&stat)))
}
