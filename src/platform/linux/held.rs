//! A file that is held without being opened or followed, by `O_PATH` of
//! [open(2)](https://man7.org/linux/man-pages/man2/open.2.html).

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, FileType, OFlags, Stat, StatxFlags, fstat, makedev, statx};

use super::hanging::step;

/// A file that is held.
pub(super) type Held = OwnedFd;

/// The flags by which a file is held.
const HOLD: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// The flags by which a directory is held.
pub(super) const DIRECTORY: OFlags = HOLD.union(OFlags::DIRECTORY);

/// Holds a file in the directory `at`, whose path without links is `path`.
pub(super) fn hold(at: impl AsFd, path: &Path, name: &OsStr) -> io::Result<(Held, Stat)> {
    let held = step(at, path, name, HOLD)?;
    let stat = fstat(&held)?;
    Ok((held, stat))
}

/// Returns the descriptor of a directory that is held.
#[expect(clippy::unnecessary_wraps, reason = "other systems open the directory")]
pub(super) fn directory_of(held: Held) -> io::Result<OwnedFd> {
    Ok(held)
}

/// Returns the kind and the device of a file in the directory `at`, by a
/// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html) that no file system delays.
pub(super) fn look(at: impl AsFd, name: &OsStr) -> rustix::io::Result<(FileType, u64)> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT | AtFlags::STATX_DONT_SYNC;
    let about = statx(at, name, flags, StatxFlags::TYPE)?;
    let device = makedev(about.stx_dev_major, about.stx_dev_minor);
    Ok((FileType::from_raw_mode(about.stx_mode.into()), device))
}
