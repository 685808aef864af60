//! The decision whether another user could have written the cache file.

use std::fs::Metadata;
use std::path::Path;

use super::error::DigestCacheError;
use crate::platform;

/// Refuses a path at which a user other than the caller and root could put another
/// file.
pub(super) fn refuse_if_replaceable(path: &Path) -> Result<(), DigestCacheError> {
    match platform::replaceable_by_others(path, platform::effective_uid()) {
        None => Ok(()),
        Some(reason) => Err(not_ours(path, reason)),
    }
}

/// Refuses an opened file unless it is a regular file of the caller, accessible to
/// the caller alone.
pub(super) fn refuse_unless_private(
    path: &Path,
    metadata: &Metadata,
) -> Result<(), DigestCacheError> {
    let ownership = platform::ownership(metadata);
    let reason = if !metadata.is_file() {
        "it is not a regular file".to_owned()
    } else if ownership.owner != platform::effective_uid() {
        format!("it belongs to user ID {}", ownership.owner)
    } else if ownership.is_accessible_by_others() {
        format!(
            "it is not for its owner alone (mode {:04o})",
            ownership.mode
        )
    } else {
        return Ok(());
    };
    Err(not_ours(path, reason))
}

fn not_ours(path: &Path, reason: String) -> DigestCacheError {
    DigestCacheError::NotOurs {
        path: path.to_owned(),
        reason,
    }
}
