//! The identity of this host, and the time of its boot.

use std::path::Path;

use nix::libc;
use rustix::time::ClockId;

use super::sys::process as sys;
use crate::platform::macos_forms::host::{self, BootTime};
#[cfg(feature = "client")]
use crate::platform::types::Namesakes;
#[cfg(feature = "record")]
use crate::platform::types::UserDirectories;

/// The places of the data of a user.
#[cfg(feature = "record")]
pub(crate) const USER_DIRECTORIES: UserDirectories = UserDirectories::MACOS;

/// Returns the boot ID, `macos-boot-SECONDS-MICROSECONDS` of the time at which this boot began.
pub(crate) fn boot_id() -> Option<String> {
    boot_time().map(BootTime::boot_id)
}

fn boot_time() -> Option<BootTime> {
    let name = [libc::CTL_KERN, libc::KERN_BOOTTIME];
    host::boot_time(&sys::value(&name, size_of::<libc::timeval>()).ok()?)
}

/// Returns the machine ID, `macos-` and the host name.
pub(crate) fn machine_id() -> Option<String> {
    host::machine_id(&hostname())
}

/// Returns the host name, by
/// [uname(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/uname.3.html).
#[must_use]
pub fn hostname() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Returns an empty text: there are no namespaces.
#[expect(clippy::unnecessary_wraps, reason = "other systems have namespaces")]
pub(crate) fn namespaces() -> Option<String> {
    Some(String::new())
}

#[cfg(feature = "client")]
pub(crate) fn is_pid_namespace_gone(_: &str) -> bool {
    false
}

/// Returns that no other process has a number: there are no PID namespaces.
#[cfg(feature = "client")]
pub(crate) fn namesakes(_pid: u32) -> Namesakes {
    Namesakes::None
}

/// Returns the device number of the file system at a path; 0 if it is unknown.
pub(crate) fn fs_device(path: &Path) -> u64 {
    super::paths::stat(path).map_or(0, |stat| stat.id.device)
}

/// Returns when this boot began, in milliseconds since the Unix epoch.
#[cfg(feature = "process")]
pub(crate) fn boot_began_unix_ms() -> Option<u64> {
    boot_time().and_then(BootTime::unix_ms)
}

/// Returns the nanoseconds since boot, including suspended time, by
/// [clock_gettime(3)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man3/clock_gettime.3.html).
pub(crate) fn since_boot_ns() -> i64 {
    let now = rustix::time::clock_gettime(ClockId::Monotonic);
    now.tv_sec
        .saturating_mul(1_000_000_000)
        .saturating_add(now.tv_nsec)
}
