//! What the system tells of the process that has a PID now.

use std::ffi::c_int;
use std::io;

use nix::libc;

use super::sys::process as sys;
use crate::platform::macos_forms::process::{
    KINFO_PROC_LEN, ProcessInfo, UNIQUE_ID_LEN, process_info, unique_id,
};
use crate::platform::macos_forms::vnode::{DIRECTORIES_LEN, REGION_LEN, Region, VnodePath};
use crate::platform::macos_forms::vnode::{directories, region};

/// The flavors of `proc_pidinfo`. The last one is not documented.
const REGION: c_int = 8;
const UNIQUE_ID: c_int = 17;

/// The argument with which processes are found that have exited and were not waited for.
const ALSO_ZOMBIES: u64 = 1;

/// Describes a process, also one of another user; `None` if no process has the PID.
pub(super) fn info(pid: u32) -> io::Result<Option<ProcessInfo>> {
    let Ok(number) = c_int::try_from(pid) else {
        return Ok(None);
    };
    let name = [libc::CTL_KERN, libc::KERN_PROC, libc::KERN_PROC_PID, number];
    let bytes = sys::value(&name, KINFO_PROC_LEN)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let info = process_info(&bytes).filter(|info| info.pid == pid);
    info.map(Some)
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Returns the number that no other process of this boot has or had; `None` if the system
/// does not tell it.
pub(super) fn unique_number(pid: u32) -> Option<u64> {
    unique_id(&sys::pid_info(pid, UNIQUE_ID, ALSO_ZOMBIES, UNIQUE_ID_LEN).ok()?)
}

/// Returns the first part of the memory of a process that ends above an address.
pub(super) fn region_from(pid: u32, address: u64) -> io::Result<Region> {
    let bytes = sys::pid_info(pid, REGION, address, REGION_LEN)?;
    region(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Returns the working directory of a process, and its root directory if it is another one than
/// that of the system.
pub(super) fn directories_of(pid: u32) -> io::Result<(Option<VnodePath>, Option<VnodePath>)> {
    let flavor = libc::PROC_PIDVNODEPATHINFO;
    let bytes = sys::pid_info(pid, flavor, 0, DIRECTORIES_LEN)?;
    directories(&bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
