//! Files that the kernel makes up: macOS has none that are regular files.

use std::fs::File;
use std::io;

/// Returns `false`.
#[expect(clippy::unnecessary_wraps, reason = "other systems have such files")]
pub(super) fn is_made_up<T>(_: T) -> io::Result<bool> {
    Ok(false)
}

/// Returns `false`.
pub(crate) fn is_pseudo_file(file: &File) -> io::Result<bool> {
    is_made_up(file)
}

/// Returns `false`: file systems in memory look like others.
#[cfg(feature = "client")]
pub(crate) fn is_in_memory(_: &File) -> bool {
    false
}

/// Returns `false`: what the change time reveals is not known, so no digest is cached.
pub(crate) fn ctime_is_reliable(_: &File, _device: u64) -> bool {
    false
}

/// Returns `None`: mounts have no numbers that are not reused.
pub(crate) fn mount_id(_: &File) -> Option<u64> {
    None
}
