//! The digests of one run, kept for the next where that is asked for.

use std::path::PathBuf;
use std::sync::Arc;

use etcetera::{BaseStrategy, choose_base_strategy};
use rpctl::ImageDigests;
use rpctl::digest_cache::DigestCache;

use crate::args::{CacheArgs, HashingArgs};
use crate::output::Output;

/// The digests that are known at the start. Without those of earlier runs there is
/// only more to do: what is wrong with them is said, and no error.
pub(super) fn open(hashing: HashingArgs, cache: CacheArgs, output: &Output) -> Arc<ImageDigests> {
    kept(hashing, cache).unwrap_or_else(|reason| {
        output.warn(&format!("no digests are kept: {reason}"));
        of_this_run(hashing)
    })
}

/// The same for one more round: what is wrong was said before the first.
pub(super) fn open_again(hashing: HashingArgs, cache: CacheArgs) -> Arc<ImageDigests> {
    kept(hashing, cache).unwrap_or_else(|_| of_this_run(hashing))
}

/// Those of earlier runs where they are asked for, or why there are none.
fn kept(hashing: HashingArgs, cache: CacheArgs) -> Result<Arc<ImageDigests>, String> {
    if !cache.digest_cache {
        return Ok(of_this_run(hashing));
    }
    let path = path().ok_or("set HOME: nothing says where to keep digests")?;
    let cache = DigestCache::open(&path).map_err(|error| error.to_string())?;
    Ok(Arc::new(
        ImageDigests::kept_in(cache).hash_timeout(hashing.hash_timeout),
    ))
}

/// None yet, and none to be kept.
pub(super) fn of_this_run(hashing: HashingArgs) -> Arc<ImageDigests> {
    Arc::new(ImageDigests::default().hash_timeout(hashing.hash_timeout))
}

/// Keep what was computed.
pub(super) fn keep(digests: &ImageDigests, output: &Output) {
    if let Err(error) = digests.save() {
        output.warn(&format!("no digests are kept: {error}"));
    }
}

/// `$XDG_CACHE_HOME/rpctl/digests.json`, else `~/.cache/rpctl/digests.json`.
fn path() -> Option<PathBuf> {
    let places = choose_base_strategy().ok()?;
    Some(places.cache_dir().join("rpctl/digests.json"))
}
