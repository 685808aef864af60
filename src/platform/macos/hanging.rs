//! File systems that may never answer: none is known to be one here, so that a network mount
//! without a server stops the caller. Work is done by this process itself.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{CWD, Mode, OFlags, fstatfs, openat};

use crate::deadline::Deadline;
use crate::platform::types::{Mount, UserId};

/// The flags by which a directory is held: for looking up names in it (`O_SEARCH`).
pub(super) const DIRECTORY: OFlags = OFlags::from_bits_retain(0x4000_0000)
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A deadline for file systems, which is not kept.
#[must_use = "the limit ends with the value"]
pub(crate) struct TimeLimit;

impl TimeLimit {
    pub(crate) fn until(_: Deadline) -> Self {
        Self
    }
}

pub(crate) fn guarded<T>(
    here: impl FnOnce() -> io::Result<T>,
    _apart: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    here()
}

pub(super) fn guarded_file(
    here: impl FnOnce() -> io::Result<OwnedFd>,
    _apart: impl FnOnce() -> io::Result<OwnedFd>,
) -> io::Result<OwnedFd> {
    here()
}

/// Opens a path with `flags`.
pub(super) fn open(path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
    Ok(openat(CWD, path, flags | OFlags::CLOEXEC, Mode::empty())?)
}

/// Returns the error with which looking at a path fails, if it fails.
#[cfg(feature = "record")]
pub(super) fn is_at_hand(path: &Path) -> io::Result<()> {
    rustix::fs::stat(path)?;
    Ok(())
}

/// Takes one step from the directory `at` by the name of a file in it.
pub(super) fn step(at: impl AsFd, _: &Path, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    Ok(openat(at, name, flags | OFlags::CLOEXEC, Mode::empty())?)
}

/// Opens a file in the directory `at`. Whether it is on the same file system shows later.
pub(super) fn open_within_mount(
    at: impl AsFd,
    name: &OsStr,
    flags: OFlags,
) -> rustix::io::Result<OwnedFd> {
    openat(at, name, flags, Mode::empty())
}

/// Holds the working directory.
pub(super) fn working_directory() -> io::Result<OwnedFd> {
    Ok(openat(CWD, ".", DIRECTORY, Mode::empty())?)
}

/// Returns the user who has mounted the file system of an open file, and so decides what it
/// shows, by
/// [fstatfs(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/fstatfs.2.html).
pub(super) fn server_of(file: impl AsFd) -> Option<(UserId, Mount)> {
    let about = fstatfs(file).ok()?;
    let text = |bytes: &[std::ffi::c_char]| {
        let bytes = bytes.iter().map(|byte| byte.cast_unsigned());
        bytes.take_while(|byte| *byte != 0).collect::<Vec<u8>>()
    };
    let point = text(&about.f_mntonname);
    let mount = Mount {
        point: Some(OsStr::from_bytes(&point).into()),
        kind: Some(String::from_utf8_lossy(&text(&about.f_fstypename)).into_owned()),
    };
    Some((about.f_owner, mount))
}

/// A helper process, which cannot be started.
#[derive(Debug)]
pub(crate) struct Helper<T>(PhantomData<T>);

impl<T> Helper<T> {
    pub(crate) fn start(_: Mount, _work: impl FnOnce() -> (T, Option<File>)) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[expect(clippy::unused_self, reason = "other systems have helpers")]
    pub(crate) fn finish(self) -> io::Result<(T, Option<File>)> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[expect(clippy::unused_self, reason = "other systems have helpers")]
    pub(crate) fn poll(&mut self, _timeout: Duration) -> io::Result<Option<(T, Option<File>)>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// An error of the system that can be sent from one process to another.
#[derive(Debug)]
pub(crate) struct Fault(io::Error);

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        fault.0
    }
}

pub(crate) fn beat() {}
