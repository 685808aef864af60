//! The result of a search for identities.

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The most directories that are searched for one manifest.
pub(super) const MAX_DIRECTORIES: usize = 64;

/// The most directory entries that are read for one manifest.
pub(super) const MAX_ENTRIES: usize = 1 << 16;

/// The most identities that are used for one manifest.
pub(super) const MAX_FOUND: usize = 64;

/// The result of a search for the identities of a manifest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Discovery {
    /// Identity files, in the order of the search.
    pub found: Vec<PathBuf>,
    /// Directories that were searched.
    pub searched: Vec<PathBuf>,
    /// Files and directories that were ignored, with the reasons.
    pub ignored: Vec<Ignored>,
    /// Limit that ended the search early, if one did.
    pub cut_short: Option<CutShort>,
}

/// A limit that ended a search, and the directory at which it did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CutShort {
    /// The manifest names too many directories.
    #[error("the search ended at {}: no more than {MAX_DIRECTORIES} directories are searched", .0.display())]
    Directories(PathBuf),
    /// The directories have too many entries.
    #[error("the search ended at {}: no more than {MAX_ENTRIES} entries are read", .0.display())]
    Entries(PathBuf),
    /// The directories have too many identities.
    #[error("the search ended at {}: no more than {MAX_FOUND} identities are used", .0.display())]
    Identities(PathBuf),
}

/// A file or directory that a search ignored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{} was ignored: {why}", path.display())]
pub struct Ignored {
    /// Path of the file or directory.
    pub path: PathBuf,
    /// Reason, for sentences.
    pub why: String,
    /// Whether the reason is that it does not exist, so that it holds no identity.
    pub is_missing: bool,
}

impl Discovery {
    /// Returns whether there may be an identity that the search did not reach.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.cut_short.is_some() || self.ignored.iter().any(|ignored| !ignored.is_missing)
    }
}

impl Ignored {
    pub(super) fn refused(path: PathBuf, why: String) -> Self {
        Self {
            path,
            why,
            is_missing: false,
        }
    }

    pub(super) fn failed(path: PathBuf, error: &io::Error) -> Self {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        Self {
            path,
            why: if is_missing {
                "it does not exist".to_owned()
            } else {
                error.to_string()
            },
            is_missing,
        }
    }
}
