//! The identity of this host.

use std::path::Path;

use super::paths::stat;
#[cfg(feature = "record")]
use crate::platform::types::UserDirectories;

/// The places of the data of a user.
#[cfg(feature = "record")]
pub(crate) const USER_DIRECTORIES: UserDirectories = UserDirectories::LINUX;

/// Returns the boot ID, of
/// [proc_sys_kernel(5)](https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html).
pub(crate) fn boot_id() -> Option<String> {
    read_trimmed("/proc/sys/kernel/random/boot_id")
}

/// Returns the machine ID, of
/// [machine-id(5)](https://man7.org/linux/man-pages/man5/machine-id.5.html).
pub(crate) fn machine_id() -> Option<String> {
    read_trimmed("/etc/machine-id").or_else(|| read_trimmed("/var/lib/dbus/machine-id"))
}

/// Returns the host name, by
/// [uname(2)](https://man7.org/linux/man-pages/man2/uname.2.html).
#[must_use]
pub fn hostname() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Returns the mount and PID namespaces of this process as `mnt:[INODE]:pid:[INODE]`, of
/// [namespaces(7)](https://man7.org/linux/man-pages/man7/namespaces.7.html).
pub(crate) fn namespaces() -> Option<String> {
    let namespace = |kind: &str| std::fs::read_link(format!("/proc/self/ns/{kind}")).ok();
    let (mount, pid) = (namespace("mnt")?, namespace("pid")?);
    Some(format!("{}:{}", mount.display(), pid.display()))
}

/// Returns the device number of the file system at a path; 0 if it is unknown.
pub(crate) fn fs_device(path: &Path) -> u64 {
    stat(path).map_or(0, |stat| stat.id.device)
}

fn read_trimmed(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
