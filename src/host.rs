//! This host: its identity for a record.

mod origin;

use std::path::Path;

pub(crate) use self::origin::{is_same_boot, written_elsewhere};
use crate::identity::{HostIdentity, is_known};
use crate::platform;

/// The placeholder for a value that cannot be determined.
pub(crate) const UNKNOWN: &str = "unknown";

impl HostIdentity {
    /// Returns the identity of this host, for a record that is kept at `path`. A field
    /// that cannot be determined is `"unknown"`.
    ///
    /// Linux: the machine ID comes from `/etc/machine-id`, see
    /// [machine-id(5)](https://man7.org/linux/man-pages/man5/machine-id.5.html), the boot
    /// ID from `/proc/sys/kernel/random/boot_id`, and the namespaces from
    /// `/proc/self/ns`, see
    /// [namespaces(7)](https://man7.org/linux/man-pages/man7/namespaces.7.html).
    /// Windows: the machine ID is the `MachineGuid` of the registry, and the boot ID
    /// `windows-boot-` with the number that the system gives each boot.
    #[must_use]
    pub fn current(path: &Path) -> Self {
        let known = |value: Option<String>| value.unwrap_or_else(|| UNKNOWN.to_owned());
        Self {
            hostname: platform::hostname(),
            machine_id: known(platform::machine_id()),
            boot_id: known(platform::boot_id()),
            fs_dev_id: platform::fs_device(path),
            namespace_id: known(platform::namespaces()),
        }
    }
}

/// The mount and the PID namespace in a recorded `namespace_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Namespaces<'a> {
    /// `[INODE]` of the mount namespace.
    pub(crate) mount: &'a str,
    /// `[INODE]` of the PID namespace.
    pub(crate) pid: &'a str,
}

impl<'a> Namespaces<'a> {
    /// Parses `mnt:[INODE]:pid:[INODE]`. Returns `None` for any other text.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (mount, pid) = text.strip_prefix("mnt:")?.split_once(":pid:")?;
        let is_inode = |text: &str| text.starts_with('[') && text.ends_with(']');
        (is_inode(mount) && is_inode(pid)).then_some(Self { mount, pid })
    }
}

/// Returns whether two hosts name one PID namespace, if both name any. A system that has no
/// namespaces has one for all.
pub(crate) fn is_one_pid_namespace(theirs: &HostIdentity, ours: &HostIdentity) -> Option<bool> {
    let parse = |host| Namespaces::parse(host).map(|namespaces| namespaces.pid);
    match (parse(&theirs.namespace_id), parse(&ours.namespace_id)) {
        (Some(theirs), Some(ours)) => Some(theirs == ours),
        (None, None) if has_no_namespaces(ours) => Some(true),
        _ => None,
    }
}

/// Returns whether the system of a host has no namespaces: Windows and macOS.
pub(crate) fn has_no_namespaces(host: &HostIdentity) -> bool {
    host.namespace_id.is_empty()
}

/// Returns a recorded text unless it is a placeholder.
pub(crate) fn known(text: &str) -> Option<&str> {
    is_known(text).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_are_read_only_from_the_linux_form() {
        let parsed = Namespaces::parse("mnt:[4026531841]:pid:[4026531836]");
        assert_eq!(
            parsed,
            Some(Namespaces {
                mount: "[4026531841]",
                pid: "[4026531836]"
            })
        );
        for other in ["", "mntns:unknown:pidns:unknown", "default", "mnt:[1]"] {
            assert_eq!(Namespaces::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_system_without_namespaces_has_one_for_all() {
        let on = |namespace_id: &str| HostIdentity {
            namespace_id: namespace_id.to_owned(),
            ..HostIdentity::default()
        };
        let [none, one, other] = ["", "mnt:[1]:pid:[2]", "mnt:[1]:pid:[3]"].map(on);
        assert_eq!(is_one_pid_namespace(&none, &none), Some(true));
        assert_eq!(is_one_pid_namespace(&on("default"), &none), Some(true));
        assert_eq!(is_one_pid_namespace(&one, &none), None);
        assert_eq!(is_one_pid_namespace(&none, &one), None);
        assert_eq!(is_one_pid_namespace(&one, &one), Some(true));
        assert_eq!(is_one_pid_namespace(&one, &other), Some(false));
        assert_eq!(is_one_pid_namespace(&none, &on(UNKNOWN)), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_own_namespaces_have_that_form() {
        let own = HostIdentity::current(Path::new("/")).namespace_id;
        assert!(Namespaces::parse(&own).is_some(), "{own}");
    }
}
