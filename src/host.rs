//! This host: its identity for a record.

use std::path::Path;

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
    fn the_own_namespaces_have_that_form() {
        let own = HostIdentity::current(Path::new("/")).namespace_id;
        assert!(Namespaces::parse(&own).is_some(), "{own}");
    }
}
