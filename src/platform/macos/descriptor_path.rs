//! Paths that lead to the files of descriptors.

use std::ffi::OsString;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

/// The directory of the descriptors of this process.
#[cfg(feature = "client")]
pub(super) const DESCRIPTORS: &str = "/dev/fd";

/// Returns the path by which the system knows the file of a descriptor now, by `F_GETPATH` of
/// [fcntl(2)](https://developer.apple.com/library/archive/documentation/System/Conceptual/ManPages_iPhoneOS/man2/fcntl.2.html);
/// an empty one if it has none. Another file can get the path: no path leads through a
/// descriptor.
pub(super) fn path_of_descriptor(descriptor: &impl AsFd) -> PathBuf {
    let path = rustix::fs::getpath(descriptor).unwrap_or_default();
    OsString::from_vec(path.into_bytes()).into()
}
