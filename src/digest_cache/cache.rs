//! The digests of earlier runs and of this one.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::error::DigestCacheError;
use super::file::{self, Entry};
use super::key::{ImageKey, Moment};
use crate::identity::{Digest, DigestAlgorithm};
use crate::platform::{self, FileStat};

/// A cache of the digests of running images, in a file of the user.
///
/// Several probes share one through [`crate::probe::ImageDigests::with_cache`].
#[derive(Debug)]
pub struct DigestCache {
    path: PathBuf,
    boot_id: String,
    opened: Moment,
    cached: HashMap<ImageKey, Entry>,
    added: Mutex<Vec<Entry>>,
}

impl DigestCache {
    /// Opens the cache in the file at `path`. It is empty if the file is missing,
    /// damaged or from another boot.
    ///
    /// # Errors
    ///
    /// [`DigestCacheError`] if another user could have written the file, or if it
    /// cannot be read.
    pub fn open(path: &Path) -> Result<Self, DigestCacheError> {
        let boot_id = platform::boot_id().ok_or(DigestCacheError::NoBootId)?;
        let cached = file::read(path, &boot_id)?
            .into_iter()
            .map(|entry| (entry.image.clone(), entry))
            .collect();
        Ok(Self {
            path: path.to_owned(),
            boot_id,
            opened: Moment::now(),
            cached,
            added: Mutex::default(),
        })
    }

    /// Returns the cached digest of an opened image, and its age.
    pub(crate) fn get(
        &self,
        image: &File,
        stat: FileStat,
        algorithm: DigestAlgorithm,
    ) -> Option<(Digest, Duration)> {
        if self.cached.is_empty() {
            return None;
        }
        let entry = self.cached.get(&ImageKey::new(image, stat, algorithm)?)?;
        Some((entry.digest()?, entry.at.age(self.opened)?))
    }

    /// Adds the digest of an opened image, the hashing of which began at `begun`. A
    /// digest that may belong to another content is not added.
    pub(crate) fn insert(
        &self,
        image: &File,
        stat: FileStat,
        algorithm: DigestAlgorithm,
        digest: &Digest,
        begun: Moment,
    ) {
        let is_unchanged = platform::stat_open(image).is_ok_and(|now| now == stat);
        let Some(key) = ImageKey::new(image, stat, algorithm) else {
            return;
        };
        if is_unchanged && key.is_settled(begun.unix_ns) {
            let entry = Entry::new(key, digest, begun);
            let mut added = self.added.lock().unwrap_or_else(PoisonError::into_inner);
            added.push(entry);
        }
    }

    /// Writes the added digests to the file, atomically and beside those that other
    /// runs have added since it was opened. Of two simultaneous writers, the digests
    /// of one may be lost.
    ///
    /// # Errors
    ///
    /// [`DigestCacheError`] if another user could replace the file, or if it cannot be
    /// written.
    pub fn save(&self) -> Result<(), DigestCacheError> {
        let added = std::mem::take(&mut *self.added.lock().unwrap_or_else(PoisonError::into_inner));
        if added.is_empty() {
            return Ok(());
        }
        file::add(&self.path, &self.boot_id, &added)
    }
}
