//! Files on a walk. No descriptor holds a file without opening it, so only directories are
//! held; of any other file it is compared later whether the name is still its own.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, OFlags, Stat, fstat, statat};

use super::hanging::step;
use super::place::Place;
use super::stat::device;

/// A file that was looked at: a directory is open.
pub(super) type Held = Option<OwnedFd>;

/// The flags by which a directory is held: for looking up names in it (`O_SEARCH`).
pub(super) const DIRECTORY: OFlags = OFlags::from_bits_retain(0x4000_0000)
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// Looks at a file in the directory that was reached, and opens it if it is a directory.
pub(super) fn hold(place: &Place, name: &OsStr) -> io::Result<(Held, Stat)> {
    let stat = statat(&place.directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return Ok((None, stat));
    }
    let held = step(&place.directory, &place.path, name, DIRECTORY)?;
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
