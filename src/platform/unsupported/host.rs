//! The identity of this host: unknown.

use std::path::Path;

#[cfg(feature = "client")]
use crate::platform::types::Namesakes;

/// Whether the system tells programs where the data of a user is, in place of the variables
/// of the XDG Base Directory Specification.
#[cfg(feature = "record")]
pub(crate) const HAS_APP_DATA: bool = false;

pub(crate) fn boot_id() -> Option<String> {
    None
}

pub(crate) fn machine_id() -> Option<String> {
    None
}

#[must_use]
/// Returns the name of this host: not known here.
pub fn hostname() -> String {
    String::new()
}

pub(crate) fn namespaces() -> Option<String> {
    None
}

#[cfg(feature = "client")]
pub(crate) fn free_descriptors() -> Option<usize> {
    None
}

#[cfg(feature = "client")]
pub(crate) fn is_pid_namespace_gone(_: &str) -> bool {
    false
}

#[cfg(feature = "client")]
pub(crate) fn namesakes(_pid: u32) -> Namesakes {
    Namesakes::Unknown
}

pub(crate) fn fs_device(_: &Path) -> u64 {
    0
}

pub(crate) fn since_boot_ns() -> i64 {
    0
}
