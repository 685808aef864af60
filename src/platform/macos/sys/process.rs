//! Processes, by `libproc` and
//! [sysctl(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/sysctl.3.html).

#![expect(unsafe_code, reason = "no crate wraps these functions")]

use std::ffi::{OsString, c_int, c_void};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::ptr;

use nix::errno::Errno;
use nix::libc;

/// The lists of `proc_listpids`: of all processes, and of the children of one.
const ALL: u32 = 1;
const CHILDREN_OF: u32 = 6;

/// Room for processes that start while they are listed.
const MORE: usize = 64;

/// Returns at most `size` bytes of what `proc_pidinfo` tells of a process.
pub(in super::super) fn pid_info(
    pid: u32,
    flavor: c_int,
    argument: u64,
    size: usize,
) -> io::Result<Vec<u8>> {
    let pid = number(pid)?;
    filled(size, |buffer, length| {
        // SAFETY: the length is that of the buffer.
        unsafe { libc::proc_pidinfo(pid, flavor, argument, buffer, length) }
    })
}

/// Returns at most `size` bytes of what `proc_pidfdinfo` tells of a descriptor of a process.
pub(in super::super) fn descriptor_info(
    pid: u32,
    descriptor: c_int,
    flavor: c_int,
    size: usize,
) -> io::Result<Vec<u8>> {
    let pid = number(pid)?;
    filled(size, |buffer, length| {
        // SAFETY: the length is that of the buffer.
        unsafe { libc::proc_pidfdinfo(pid, descriptor, flavor, buffer, length) }
    })
}

/// Returns the path by which the system knows the executable of a process now.
pub(in super::super) fn path(pid: u32) -> io::Result<PathBuf> {
    let pid = number(pid)?;
    let size = usize::try_from(libc::PROC_PIDPATHINFO_MAXSIZE).unwrap_or_default();
    let bytes = filled(size, |buffer, length| {
        // SAFETY: the length is that of the buffer.
        unsafe { libc::proc_pidpath(pid, buffer, length.cast_unsigned()) }
    })?;
    if bytes.is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    Ok(OsString::from_vec(bytes).into())
}

/// Lists all processes, also those that have exited and were not waited for.
pub(in super::super) fn pids() -> io::Result<Vec<u32>> {
    listed(ALL, 0)
}

/// Lists the children of a process.
pub(in super::super) fn children(of: u32) -> io::Result<Vec<u32>> {
    listed(CHILDREN_OF, of)
}

fn listed(kind: u32, of: u32) -> io::Result<Vec<u32>> {
    const SIZE: usize = size_of::<libc::pid_t>();
    // SAFETY: without a buffer, only the size is returned.
    let estimate = unsafe { libc::proc_listpids(kind, of, ptr::null_mut(), 0) };
    let mut size = usize::try_from(estimate).unwrap_or_default() + MORE * SIZE;
    loop {
        let bytes = filled(size, |buffer, length| {
            // SAFETY: the length is that of the buffer.
            unsafe { libc::proc_listpids(kind, of, buffer, length) }
        })?;
        // A list that fills the buffer may go on.
        if bytes.len() + SIZE > size {
            size *= 2;
            continue;
        }
        let (pids, _) = bytes.as_chunks::<SIZE>();
        let pids = pids.iter().map(|pid| u32::from_ne_bytes(*pid));
        return Ok(pids.filter(|pid| *pid != 0).collect());
    }
}

/// Returns at most `size` bytes of a value of the kernel.
pub(in super::super) fn value(name: &[c_int], size: usize) -> io::Result<Vec<u8>> {
    let mut name = name.to_owned();
    let mut bytes = vec![0_u8; size];
    let mut length = bytes.len();
    let count = libc::c_uint::try_from(name.len()).unwrap_or_default();
    // SAFETY: the name and the buffer have these lengths, and no new value is passed.
    let result = unsafe {
        libc::sysctl(
            name.as_mut_ptr(),
            count,
            bytes.as_mut_ptr().cast(),
            &raw mut length,
            ptr::null_mut(),
            0,
        )
    };
    Errno::result(result)?;
    bytes.truncate(length);
    Ok(bytes)
}

/// Returns what a function of `libproc` has written into a buffer.
fn filled(size: usize, fill: impl Fn(*mut c_void, c_int) -> c_int) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0_u8; size];
    let length = c_int::try_from(size).map_err(|_| io::ErrorKind::InvalidInput)?;
    // These functions return 0 for an error, and for nothing, too.
    Errno::clear();
    let written = fill(bytes.as_mut_ptr().cast(), length);
    if written <= 0 && Errno::last_raw() != 0 {
        return Err(Errno::last().into());
    }
    bytes.truncate(usize::try_from(written).unwrap_or_default());
    Ok(bytes)
}

fn number(pid: u32) -> io::Result<c_int> {
    c_int::try_from(pid).map_err(|_| Errno::ESRCH.into())
}
