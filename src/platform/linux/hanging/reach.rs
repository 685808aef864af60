//! Opening a path without entering a mount that may hang.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
use rustix::io::Errno;

use super::mode;
use super::mounts::mount_that_may_hang;
use super::path_walk::PathWalk;
use super::steps::{STEP, WITHIN_MOUNT};
use crate::platform::types::Mount;

/// Opens a path with `flags`, by
/// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html).
///
/// The mount of the root directory is always entered, because this program runs from it.
///
/// # Errors
///
/// An error of the system; or a refusal, which `guarded` notices, at a mount that
/// may hang.
pub(in crate::platform::linux) fn open(path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let flags = flags | OFlags::CLOEXEC;
    if mode::is_apart() {
        return Ok(openat(CWD, path, flags, Mode::empty())?);
    }
    if let Some((descriptor, rest)) = below_descriptor(path) {
        return open_below(&descriptor, rest, flags);
    }
    if path.is_absolute() {
        match openat2(CWD, path, flags, Mode::empty(), WITHIN_MOUNT) {
            Err(Errno::XDEV | Errno::LOOP) => {}
            // Sandboxes may know openat(2) only.
            Err(Errno::NOSYS | Errno::PERM) => {
                return Ok(openat(CWD, path, flags, Mode::empty())?);
            }
            opened => return Ok(opened?),
        }
    }
    PathWalk::along(path)?.run(flags)
}

/// Returns the error with which [`open`] fails, if it fails.
#[cfg(feature = "record")]
pub(in crate::platform::linux) fn is_at_hand(path: &Path) -> io::Result<()> {
    open(path, OFlags::PATH).map(drop)
}

/// Opens the working directory with `O_PATH`.
///
/// # Errors
///
/// As for [`open`].
pub(in crate::platform::linux) fn working_directory() -> io::Result<OwnedFd> {
    let here = openat(CWD, ".", STEP | OFlags::DIRECTORY, Mode::empty())?;
    match mount_that_may_hang(&here) {
        Some(mount) if !mode::is_apart() => Err(mode::refuse(mount)),
        _ => Ok(here),
    }
}

/// Opens a path below a directory of another process with `O_PATH`, within `limits`.
///
/// # Errors
///
/// As for [`open`].
pub(in crate::platform::linux) fn open_in(
    directory: &OwnedFd,
    path: &Path,
    limits: ResolveFlags,
) -> io::Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    if mode::is_apart() {
        return Ok(openat2(directory, path, flags, Mode::empty(), limits)?);
    }
    if let Some(mount) = mount_that_may_hang(directory) {
        return Err(mode::refuse(mount));
    }
    match openat2(
        directory,
        path,
        flags,
        Mode::empty(),
        limits | ResolveFlags::NO_XDEV,
    ) {
        Err(Errno::XDEV) => Err(mode::refuse(Mount::default())),
        opened => Ok(opened?),
    }
}

/// Splits a path into that of a descriptor of this process and the rest.
fn below_descriptor(path: &Path) -> Option<(PathBuf, &Path)> {
    // Few paths are, and comparing paths by component is slow.
    let is_of_proc = path.as_os_str().as_encoded_bytes().starts_with(b"/proc");
    let below = is_of_proc.then(|| path.strip_prefix("/proc/self/fd").ok())??;
    let number = below.components().next()?;
    let rest = below.strip_prefix(number).ok()?;
    Some((Path::new("/proc/self/fd").join(number), rest))
}

fn open_below(descriptor: &Path, rest: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    let below = openat(
        CWD,
        descriptor,
        OFlags::PATH | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    if let Some(mount) = mount_that_may_hang(&below) {
        return Err(mode::refuse(mount));
    }
    if rest.as_os_str().is_empty() {
        return Ok(openat(CWD, descriptor, flags, Mode::empty())?);
    }
    match openat2(&below, rest, flags, Mode::empty(), WITHIN_MOUNT) {
        Err(Errno::XDEV) => Err(mode::refuse(Mount::default())),
        opened => Ok(opened?),
    }
}
