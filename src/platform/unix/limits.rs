//! The limits of this process.

use rustix::process::{Resource, getrlimit};

use super::descriptor_path::DESCRIPTORS;

/// Returns the number of descriptors that this process may still open, by
/// [getrlimit(2)](https://man7.org/linux/man-pages/man2/getrlimit.2.html); `None` without a
/// limit. If the system does not list the open ones, half of the limit counts as open.
pub(crate) fn free_descriptors() -> Option<usize> {
    let limit = usize::try_from(getrlimit(Resource::Nofile).current?).ok()?;
    let open = std::fs::read_dir(DESCRIPTORS).map_or(limit / 2, Iterator::count);
    Some(limit.saturating_sub(open))
}
