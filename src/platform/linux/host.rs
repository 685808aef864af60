//! Who this host is.

use std::path::Path;

use super::files::stat;

pub(crate) fn boot_id() -> Option<String> {
    known("/proc/sys/kernel/random/boot_id")
}

pub(crate) fn machine_id() -> Option<String> {
    known("/etc/machine-id").or_else(|| known("/var/lib/dbus/machine-id"))
}

pub(crate) fn hostname() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// `mnt:[INODE]:pid:[INODE]`.
pub(crate) fn namespaces() -> Option<String> {
    let of = |kind: &str| std::fs::read_link(format!("/proc/self/ns/{kind}")).ok();
    let (mount, pid) = (of("mnt")?, of("pid")?);
    Some(format!("{}:{}", mount.display(), pid.display()))
}

pub(crate) fn fs_device(path: &Path) -> u64 {
    stat(path).map_or(0, |stat| stat.id.device)
}

fn known(path: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
