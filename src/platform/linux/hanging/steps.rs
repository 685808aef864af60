//! One step of a path at a time, without entering a mount that may hang.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use super::mode;
use super::mounts::{self, mount_that_may_hang};
use crate::platform::types::Mount;

/// Stops at the border of a mount.
pub(super) const WITHIN_MOUNT: ResolveFlags =
    ResolveFlags::NO_XDEV.union(ResolveFlags::NO_MAGICLINKS);

pub(super) const STEP: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Takes one step from the directory `at`, whose path without links is `path`, by the name
/// of a file in it.
///
/// # Errors
///
/// As for [`open`](super::open).
pub(in crate::platform::linux) fn step(
    at: impl AsFd,
    path: &Path,
    name: &OsStr,
    flags: OFlags,
) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    if mode::is_apart() {
        return Ok(openat(at, name, flags, Mode::empty())?);
    }
    match openat2(&at, name, flags, Mode::empty(), WITHIN_MOUNT) {
        Err(Errno::XDEV) => cross(at, &path.join(name), name, flags),
        Err(Errno::NOSYS | Errno::PERM) => Ok(openat(at, name, flags, Mode::empty())?),
        opened => Ok(opened?),
    }
}

/// Opens a file of the directory `at`, unless another file system is mounted over it.
///
/// # Errors
///
/// The error of the system.
pub(in crate::platform::linux) fn open_within_mount(
    at: impl AsFd,
    name: &OsStr,
    flags: OFlags,
) -> rustix::io::Result<OwnedFd> {
    openat2(at, name, flags, Mode::empty(), WITHIN_MOUNT)
}

/// Follows the link `name` of `/proc` in the directory `at`, whose path without links is
/// `path`, to what only the kernel knows. If that may be on any file system, it is refused:
/// to follow the link can touch it.
///
/// # Errors
///
/// As for [`open`](super::open).
pub(in crate::platform::linux) fn jump(
    at: impl AsFd,
    path: &Path,
    name: &OsStr,
) -> io::Result<OwnedFd> {
    if !mode::is_apart() && !is_own(path) {
        return Err(mode::refuse(Mount::default()));
    }
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let behind = openat(at, name, flags, Mode::empty())?;
    match mount_that_may_hang(&behind) {
        // A helper has another standard input.
        Some(mount) if !mode::is_apart() && name != "0" => Err(mode::refuse(mount)),
        _ => Ok(behind),
    }
}

/// Returns whether the links in a directory of `/proc` are those of this process, or lead
/// to other directories of `/proc`.
fn is_own(path: &Path) -> bool {
    let own = Path::new("/proc").join(std::process::id().to_string());
    let names = ["/proc/self", "/proc/thread-self"].map(Path::new);
    path == Path::new("/proc")
        || names.iter().any(|name| path.starts_with(name))
        || path.starts_with(own)
}

/// Enters the mount at `point`, which is `name` in the directory `at`.
fn cross(at: impl AsFd, point: &Path, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    // Above a mount is one through which the walk has come.
    if name != ".."
        && let Some(mount) = mounts::at_point(point)
    {
        return Err(mode::refuse(mount));
    }
    let entered = openat(at, name, flags, Mode::empty())?;
    // Another file system may have been mounted there since.
    match mount_that_may_hang(&entered) {
        Some(mount) => Err(mode::refuse(mount)),
        None => Ok(entered),
    }
}
