//! The errors of a digest cache, and the decision whether another user could have
//! written its file.

use std::io;
use std::path::{Path, PathBuf};

use crate::platform::{self, Directory, JudgedFile, Power, Writer};

/// An error that prevents a digest cache from being used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestCacheError {
    /// Another user could have written the file.
    #[error("{} is not used: {reason}", path.display())]
    NotOurs {
        /// Path of the file, or of a directory on its path.
        path: PathBuf,
        /// Reason, for sentences.
        reason: String,
    },
    /// The file cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// Error of the system.
        source: io::Error,
    },
    /// The boot ID of the host is unknown, and digests count for one boot only.
    #[error("the boot ID of this host is not known")]
    NoBootId,
}

impl DigestCacheError {
    /// Returns what makes an error of the system one of this path.
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self + Copy {
        |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn not_ours(path: &Path, reason: String) -> Self {
        let path = path.to_owned();
        Self::NotOurs { path, reason }
    }
}

/// Refuses a directory in which a user other than the caller and root could put another
/// file.
pub(super) fn refuse_if_replaceable(directory: &Directory) -> Result<(), DigestCacheError> {
    match directory.writers() {
        [] => Ok(()),
        [writer, ..] => Err(DigestCacheError::not_ours(
            directory.path(),
            writer.reason.clone(),
        )),
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
    Err(DigestCacheError::not_ours(path, reason))
}
