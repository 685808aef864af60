//! The digests that the probes of one run share: no file is hashed twice, however
//! many records name it.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::hasher::{Hashed, Hasher, Key, KnownDigest, Slot, State, Waiter};
use crate::digest_cache::{DigestCache, DigestCacheError};
use crate::identity::{Digest, DigestAlgorithm};
use crate::platform::{Image, Readable};

/// The digests computed in one run. Give all its probes the same value; see
/// [`crate::Probe::image_digests`].
///
/// A digest is found by file, size and both change times, for as long as this
/// value lives: keep it for one run, not longer. A [`DigestCache`] may live longer.
#[derive(Debug)]
pub struct ImageDigests {
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    cache: Option<DigestCache>,
    timeout: Duration,
}

/// The time granted to hashing one executable: enough for some 50 GiB at the speed of
/// memory. A sparse file on a small disk can be larger.
pub const DEFAULT_HASH_TIMEOUT: Duration = Duration::from_mins(1);

impl Default for ImageDigests {
    fn default() -> Self {
        Self {
            slots: Mutex::default(),
            cache: None,
            timeout: DEFAULT_HASH_TIMEOUT,
        }
    }
}

/// The digest of a running image, or the work that is left for it.
pub(super) enum ImageDigest<'a> {
    Known(KnownDigest),
    TimedOut,
    /// The caller hashes the image.
    Hash(Hasher<'a>),
    /// Another probe is hashing it.
    Wait(Waiter),
}

impl ImageDigests {
    /// Creates a value that uses the digests of earlier runs; [`Self::save`] adds
    /// those of this run to them.
    ///
    /// Cached digests serve the check of a running image alone, and can only confirm
    /// a record: a mismatch is always computed.
    #[must_use]
    pub fn with_cache(cache: DigestCache) -> Self {
        Self {
            cache: Some(cache),
            ..Self::default()
        }
    }

    /// Sets the time granted to hashing one executable; the default is
    /// [`DEFAULT_HASH_TIMEOUT`]. An executable that takes longer has no digest in this
    /// run.
    #[must_use]
    pub fn hash_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Returns the time granted to hashing one executable.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Saves the digests of this run for later ones, if there is a [`DigestCache`].
    ///
    /// # Errors
    ///
    /// As [`DigestCache::save`].
    pub fn save(&self) -> Result<(), DigestCacheError> {
        self.cache.as_ref().map_or(Ok(()), DigestCache::save)
    }

    /// Returns the digest of a running image, or the right to compute it. Never waits
    /// for another probe.
    ///
    /// # Errors
    ///
    /// When the image must be hashed, and no descriptor or process is left for that.
    pub(super) fn of_image(
        &self,
        image: &Image,
        algorithm: DigestAlgorithm,
        expected: &Digest,
    ) -> io::Result<ImageDigest<'_>> {
        let key = (image.stat, algorithm);
        let slot = self.slot(key);
        let mut state = slot.lock();
        let confirms =
            |known: &KnownDigest| known.cached_for.is_none() || known.digest == *expected;
        if matches!(*state, State::Unclaimed)
            && let Some(cached) = self.find_cached(key, image)
            && confirms(&cached)
        {
            *state = State::Known(cached);
        }
        match *state {
            State::Known(known) if confirms(&known) => return Ok(ImageDigest::Known(known)),
            State::TimedOut => return Ok(ImageDigest::TimedOut),
            State::Known(_) | State::Unclaimed | State::Hashing => {}
        }
        let file = image.file.try_clone()?;
        if matches!(*state, State::Hashing) {
            drop(state);
            return Ok(ImageDigest::Wait(self.waiter(slot, file, key)));
        }
        let cache = self.cache.as_ref();
        let hasher = Hasher::claim(&mut state, &slot, (file, key), self.timeout, cache)?;
        Ok(ImageDigest::Hash(hasher))
    }

    /// Returns the digest of any file, and hashes it unless another probe does.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub(super) fn of_file(&self, file: Readable, key: Key) -> io::Result<Hashed> {
        self.waiter(self.slot(key), file, key).wait()
    }

    fn slot(&self, key: Key) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key).or_default())
    }

    fn waiter(&self, slot: Arc<Slot>, file: Readable, key: Key) -> Waiter {
        let timeout = self.timeout;
        Waiter {
            file,
            slot,
            key,
            timeout,
        }
    }

    /// Returns the digest of an earlier run. There is none of a file system that may hang:
    /// what it says of its changes is not asked for.
    fn find_cached(&self, (stat, algorithm): Key, image: &Image) -> Option<KnownDigest> {
        let Readable { file, mount: None } = &image.file else {
            return None;
        };
        let (digest, age) = self.cache.as_ref()?.get(file, stat, algorithm)?;
        Some(KnownDigest {
            digest,
            cached_for: Some(age),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform;

    /// A file of its own content, as an image.
    fn image(content: &[u8]) -> (Image, Digest) {
        use sha2::Digest as _;
        use std::io::Write as _;
        let mut named = tempfile::NamedTempFile::new().unwrap();
        named.write_all(content).unwrap();
        let file = named.reopen().unwrap();
        let stat = platform::stat_open(&file).unwrap();
        let digest = sha2::Sha256::digest(content).into();
        let link = None;
        let file = Readable { file, mount: None };
        let image = Image {
            file,
            stat,
            is_unlinked: false,
            link,
        };
        (image, digest)
    }

    fn claim<'a>(digests: &'a ImageDigests, image: &Image) -> ImageDigest<'a> {
        let algorithm = DigestAlgorithm::Sha256;
        digests.of_image(image, algorithm, &[7; 32]).unwrap()
    }

    fn hasher<'a>(digests: &'a ImageDigests, image: &Image) -> Hasher<'a> {
        match claim(digests, image) {
            ImageDigest::Hash(hasher) => hasher,
            _ => panic!("unexpected state"),
        }
    }

    fn waiter(digests: &ImageDigests, image: &Image) -> Waiter {
        match claim(digests, image) {
            ImageDigest::Wait(waiter) => waiter,
            _ => panic!("unexpected state"),
        }
    }

    #[test]
    fn a_second_probe_waits_for_the_digest_of_the_first() {
        let digests = ImageDigests::default();
        let (image, digest) = image(b"one");
        let first = hasher(&digests, &image);
        let second = waiter(&digests, &image);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| second.wait().unwrap());
            assert_eq!(first.finish().unwrap(), Hashed::Digest(digest));
            assert_eq!(waiting.join().unwrap(), Hashed::Digest(digest));
        });
        assert!(
            matches!(claim(&digests, &image), ImageDigest::Known(known) if known.digest == digest)
        );
    }

    #[test]
    fn a_waiting_probe_takes_over_from_one_that_failed() {
        let digests = ImageDigests::default();
        let (image, digest) = image(b"two");
        let first = hasher(&digests, &image);
        let second = waiter(&digests, &image);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| second.wait().unwrap());
            drop(first);
            assert_eq!(waiting.join().unwrap(), Hashed::Digest(digest));
        });
    }

    #[test]
    fn no_probe_hashes_again_what_takes_too_long() {
        let digests = ImageDigests::default().hash_timeout(Duration::ZERO);
        let (image, _) = image(b"three");
        let first = hasher(&digests, &image);
        let second = waiter(&digests, &image);
        assert_eq!(first.finish().unwrap(), Hashed::TimedOut);
        assert_eq!(second.wait().unwrap(), Hashed::TimedOut);
        assert!(matches!(claim(&digests, &image), ImageDigest::TimedOut));
    }
}
