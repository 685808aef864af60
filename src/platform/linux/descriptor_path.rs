//! Paths that lead to the files of descriptors.

use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The directory of the descriptors of this process.
pub(super) const DESCRIPTORS: &str = "/proc/self/fd";

/// Returns the path in `/proc/self/fd` of the file that a descriptor is open for.
pub(super) fn path_of_descriptor(descriptor: &impl AsRawFd) -> PathBuf {
    Path::new(DESCRIPTORS).join(descriptor.as_raw_fd().to_string())
}
