//! The digests of one run, kept for the next where that is asked for.

use std::path::PathBuf;
use std::sync::Arc;

use etcetera::{BaseStrategy, choose_base_strategy};
use rpctl::digest_cache::DigestCache;
use rpctl::probe::ImageDigests;

use crate::args::{CacheArgs, HashingArgs};
use crate::render::Output;

/// The digests that are known at the start. Without those of earlier runs there is
/// only more to do: what is wrong with them is said, and no error.
pub(super) fn open(hashing: HashingArgs, cache: CacheArgs, output: &Output) -> Arc<ImageDigests> {
    if !cache.digest_cache {
        return of_this_run(hashing);
    }
    let opened = match path() {
        Some(path) => DigestCache::open(&path).map_err(|error| error.to_string()),
        None => Err("set HOME: nothing says where to keep digests".to_owned()),
    };
    match opened {
        Ok(cache) => Arc::new(ImageDigests::kept_in(cache).hash_timeout(hashing.hash_timeout)),
        Err(reason) => {
            output.say(&format!("no digests are kept: {reason}"));
            of_this_run(hashing)
        }
    }
}

/// None yet, and none to be kept.
pub(super) fn of_this_run(hashing: HashingArgs) -> Arc<ImageDigests> {
    Arc::new(ImageDigests::default().hash_timeout(hashing.hash_timeout))
}

/// Keep what was computed.
pub(super) fn keep(digests: &ImageDigests, output: &Output) {
    if let Err(error) = digests.save() {
        output.say(&format!("no digests are kept: {error}"));
    }
}

/// `$XDG_CACHE_HOME/rpctl/digests.json`, else `~/.cache/rpctl/digests.json`.
fn path() -> Option<PathBuf> {
    let places = choose_base_strategy().ok()?;
    Some(places.cache_dir().join("rpctl/digests.json"))
}
