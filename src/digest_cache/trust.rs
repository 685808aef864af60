//! The decision whether another user could have written the cache file.

use std::path::Path;

use super::error::DigestCacheError;
use crate::platform::{self, Directory, JudgedFile, Power, Writer};

/// Refuses a directory in which a user other than the caller and root could put another
/// file.
pub(super) fn refuse_if_replaceable(directory: &Directory) -> Result<(), DigestCacheError> {
    match directory.writers() {
        [] => Ok(()),
        [writer, ..] => Err(not_ours(directory.path(), writer.reason.clone())),
    }
}

/// Refuses an opened file that another user could have put there, and one that does not
/// belong to the caller or is accessible to other users.
pub(super) fn refuse_unless_private(
    path: &Path,
    file: &JudgedFile,
) -> Result<(), DigestCacheError> {
    let ownership = file.ownership;
    let is_replacing = |writer: &&Writer| writer.power == Power::Replace;
    let reason = if let Some(writer) = file.writers.iter().find(is_replacing) {
        writer.reason.clone()
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

pub(super) fn not_ours(path: &Path, reason: String) -> DigestCacheError {
    DigestCacheError::NotOurs {
        path: path.to_owned(),
        reason,
    }
}
