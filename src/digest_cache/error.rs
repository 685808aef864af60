//! The errors of a digest cache.

use std::io;
use std::path::PathBuf;

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
