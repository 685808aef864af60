//! The identity of this host.

use std::path::Path;

use super::sys::{process, system};
#[cfg(feature = "client")]
use crate::platform::types::Namesakes;
#[cfg(feature = "record")]
use crate::platform::types::UserDirectories;

/// The key with the number of the present boot, which the system counts.
const PREFETCH: &str = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\\
                        PrefetchParameters";

/// The places of the data of a user.
#[cfg(feature = "record")]
pub(crate) const USER_DIRECTORIES: UserDirectories = UserDirectories::WINDOWS;

/// Returns the boot ID, `windows-boot-` and the number of the boot: that in the registry, or
/// else the one that the telemetry of this process has.
pub(crate) fn boot_id() -> Option<String> {
    let registry = system::number(PREFETCH, "BootId");
    named_boot(registry.ok(), || process::telemetry_boot().ok())
}

fn named_boot(registry: Option<u32>, telemetry: impl FnOnce() -> Option<u32>) -> Option<String> {
    let is_counted = |number: &u32| *number != 0;
    let number = registry
        .filter(is_counted)
        .or_else(|| telemetry().filter(is_counted))?;
    Some(format!("windows-boot-{number}"))
}

/// Returns the identifier of the installation, or else the name of the computer.
pub(crate) fn machine_id() -> Option<String> {
    let guid = system::text("SOFTWARE\\Microsoft\\Cryptography", "MachineGuid").ok();
    let name = || Some(hostname()).filter(|name| !name.is_empty());
    guid.filter(|guid| !guid.is_empty()).or_else(name)
}

/// Returns the name of the computer.
#[must_use]
pub fn hostname() -> String {
    system::computer_name().unwrap_or_default()
}

/// Returns an empty text: there are no namespaces.
pub(crate) fn namespaces() -> Option<String> {
    Some(String::new())
}

#[cfg(feature = "client")]
pub(crate) fn free_descriptors() -> Option<usize> {
    None
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

/// Returns the serial number of the volume of a path; 0 if it is unknown.
pub(crate) fn fs_device(path: &Path) -> u64 {
    super::hanging::stat(path).map_or(0, |stat| stat.id.device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boot_that_the_registry_does_not_count_is_that_of_telemetry() {
        let named = |registry, telemetry| named_boot(registry, || telemetry);
        assert_eq!(named(Some(42), Some(7)).unwrap(), "windows-boot-42");
        assert_eq!(named(None, Some(7)).unwrap(), "windows-boot-7");
        assert_eq!(named(Some(0), Some(7)).unwrap(), "windows-boot-7");
        assert_eq!(named(None, None), None);
        assert_eq!(named(Some(0), Some(0)), None);
    }
}
