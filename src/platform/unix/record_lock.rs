//! Locks by [fcntl_locking(2)](https://man7.org/linux/man-pages/man2/fcntl_locking.2.html).

use std::fs::File;
use std::io;

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use crate::platform::types::LockHolder;

/// Returns the holder of a lock that keeps this process from writing, by `F_GETLK` of
/// [fcntl_locking(2)](https://man7.org/linux/man-pages/man2/fcntl_locking.2.html): those by
/// flock(2) do not count there on Linux. A lock for writing comes first: a reader cannot hide it.
pub(crate) fn record_lock_holder(file: &File) -> io::Result<Option<LockHolder>> {
    match holder_in_conflict(file, number(libc::F_RDLCK))? {
        None => holder_in_conflict(file, number(libc::F_WRLCK)),
        writer => Ok(writer),
    }
}

/// Returns the holder of the first lock that keeps this process from taking one of a kind.
fn holder_in_conflict(file: &File, kind: i32) -> io::Result<Option<LockHolder>> {
    /// What the kernel reports of a lock of an open file description.
    const NO_PROCESS: libc::pid_t = -1;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the constants fit in the fields"
    )]
    let mut lock = libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    match fcntl(file, FcntlArg::F_GETLK(&mut lock)) {
        Ok(_) => {}
        // A file system without locks.
        Err(nix::Error::EINVAL | nix::Error::ENOLCK | nix::Error::ENOSYS) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let is = |kind| i32::from(lock.l_type) == kind;
    let (unlocked, for_writing) = (number(libc::F_UNLCK), number(libc::F_WRLCK));
    Ok(match u32::try_from(lock.l_pid) {
        _ if is(unlocked) => None,
        _ if lock.l_pid == NO_PROCESS && is(for_writing) => Some(LockHolder::UnnamedWriter),
        _ if lock.l_pid == NO_PROCESS => Some(LockHolder::UnnamedReader),
        Err(_) | Ok(0) => Some(LockHolder::Elsewhere),
        Ok(pid) if is(for_writing) => Some(LockHolder::Writer(pid)),
        Ok(pid) => Some(LockHolder::Process(pid)),
    })
}

/// Returns the number of a kind of lock, whose type differs between systems.
fn number(kind: impl Into<i32>) -> i32 {
    kind.into()
}
