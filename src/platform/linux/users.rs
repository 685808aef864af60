//! Users and what belongs to them.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use crate::platform::types::Ownership;

pub(crate) fn ownership(metadata: &Metadata) -> Ownership {
    Ownership {
        owner: metadata.uid(),
        mode: metadata.mode() & 0o7777,
    }
}

/// The real user ID of this process.
#[must_use]
pub fn user_id() -> u32 {
    rustix::process::getuid().as_raw()
}

pub(crate) fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}
