//! The digests of executables, computed once per round.

use std::path::PathBuf;
use std::sync::Arc;

use etcetera::{BaseStrategy, choose_base_strategy};
use rpctl::ImageDigests;
use rpctl::digest_cache::DigestCache;

use crate::args::{CacheArgs, HashingArgs};
use crate::output::Output;

/// The digests of one run, round by round.
///
/// Rounds do not share digests. A digest is known by the change times of its file,
/// which are coarse: a file that changes twice within one tick would be taken for its
/// first version for as long as the digest is kept. The digest cache has stricter
/// rules.
pub(super) struct DigestRounds<'a> {
    hashing: HashingArgs,
    cache: CacheArgs,
    output: &'a Output,
    /// Whether a warning about the cache was written.
    has_warned: bool,
}

impl<'a> DigestRounds<'a> {
    pub(super) fn new(hashing: HashingArgs, cache: CacheArgs, output: &'a Output) -> Self {
        Self {
            hashing,
            cache,
            output,
            has_warned: false,
        }
    }

    /// Runs `work` with digests for one round, and saves those it computed to the cache,
    /// if requested.
    ///
    /// An unusable cache is a warning, not an error: the executables are hashed again.
    pub(super) fn round<T>(&mut self, work: impl FnOnce(&Arc<ImageDigests>) -> T) -> T {
        let digests = self.open().unwrap_or_else(|reason| {
            self.warn(&reason);
            uncached(self.hashing)
        });
        let result = work(&digests);
        if let Err(error) = digests.save() {
            self.warn(&error.to_string());
        }
        result
    }

    fn open(&self) -> Result<Arc<ImageDigests>, String> {
        if !self.cache.digest_cache {
            return Ok(uncached(self.hashing));
        }
        let path = cache_path().ok_or("set HOME: nothing says where to keep digests")?;
        let cache = DigestCache::open(&path).map_err(|error| error.to_string())?;
        let digests = ImageDigests::with_cache(cache).hash_timeout(self.hashing.hash_timeout);
        Ok(Arc::new(digests))
    }

    /// Warns about the cache, once in a run.
    fn warn(&mut self, reason: &str) {
        if !self.has_warned {
            self.output.warn(&format!("no digests are kept: {reason}"));
        }
        self.has_warned = true;
    }
}

/// Returns digests for one round that do not use the cache.
pub(super) fn uncached(hashing: HashingArgs) -> Arc<ImageDigests> {
    Arc::new(ImageDigests::default().hash_timeout(hashing.hash_timeout))
}

/// Returns `$XDG_CACHE_HOME/rpctl/digests.json`, or else `~/.cache/rpctl/digests.json`.
fn cache_path() -> Option<PathBuf> {
    let places = choose_base_strategy().ok()?;
    Some(places.cache_dir().join("rpctl/digests.json"))
}
