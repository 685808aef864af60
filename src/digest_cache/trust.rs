//! The decision whether another user could have written the cache file.

use std::fs::File;
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
pub(super) fn refuse_unless_private(path: &Path, file: &File) -> Result<(), DigestCacheError> {
    let failed = |source| DigestCacheError::Io {
        path: path.to_owned(),
        source,
    };
    let ownership = platform::ownership(file).map_err(failed)?;
    let reason = if !file.metadata().map_err(failed)?.is_file() {
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
