//! Digests that the probes of one run share: no image is hashed twice, however
//! many records name it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::deadline::Deadline;
use crate::digest_cache::{DigestCache, DigestCacheError, Moment};
use crate::identity::{Digest, DigestAlgorithm};
use crate::platform::FileStat;

/// The digests computed in one run. Give all its probes the same value; see
/// [`crate::Probe::image_digests`].
///
/// A digest is known by file, size and both change times, for as long as this
/// value lives: keep it for one run, not longer. What may live longer is a
/// [`DigestCache`].
#[derive(Debug)]
pub struct ImageDigests {
    digests: Mutex<HashMap<Key, State>>,
    changed: Condvar,
    cache: Option<DigestCache>,
    timeout: Duration,
}

/// Time granted to hashing one executable: some 50 GiB at the speed of memory. A
/// sparse file on a small disk can be larger.
pub const DEFAULT_HASH_TIMEOUT: Duration = Duration::from_mins(1);

impl Default for ImageDigests {
    fn default() -> Self {
        Self {
            digests: Mutex::default(),
            changed: Condvar::new(),
            cache: None,
            timeout: DEFAULT_HASH_TIMEOUT,
        }
    }
}

/// Which content of which file, hashed how.
pub(crate) type Key = (FileStat, DigestAlgorithm);

#[derive(Debug)]
enum State {
    Underway,
    Known(Known),
    /// It took too long, and would again.
    GivenUp,
}

/// A digest, and for how long it was kept before this run; `None` when it was
/// computed in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) digest: Digest,
    pub(crate) kept_for: Option<Duration>,
}

/// Who computes a digest.
#[derive(Debug)]
pub(crate) enum Share<'a> {
    /// Nobody any more.
    Known(Known),
    /// The caller does.
    Mine(Claim<'a>),
    /// Another probe, right now.
    Underway,
    /// Nobody: it takes too long.
    GivenUp,
}

/// The right, and the promise, to compute a digest. Dropped without one, it
/// passes to whoever waits.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    digests: &'a ImageDigests,
    key: Key,
    begun: Moment,
}

impl ImageDigests {
    /// With digests that earlier runs have kept. Those computed in this one are
    /// kept by [`Self::save`].
    ///
    /// They serve for the check of a running image alone, and only where they say
    /// what the record says: a mismatch is always computed anew.
    #[must_use]
    pub fn kept_in(cache: DigestCache) -> Self {
        Self {
            cache: Some(cache),
            ..Self::default()
        }
    }

    /// Time granted to hashing one executable, [`DEFAULT_HASH_TIMEOUT`] unless said
    /// otherwise. One that takes longer has no digest in this run.
    #[must_use]
    pub fn hash_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What [`Self::hash_timeout`] says.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Keep what was computed for later runs, where there is a [`DigestCache`].
    ///
    /// # Errors
    ///
    /// As [`DigestCache::save`].
    pub fn save(&self) -> Result<(), DigestCacheError> {
        self.cache.as_ref().map_or(Ok(()), DigestCache::save)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, State>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claim the digest of a running image, without waiting for another probe.
    pub(crate) fn claim(&self, key: Key, image: &File, expected: &Digest) -> Share<'_> {
        let mut digests = self.lock();
        match digests.entry(key) {
            Entry::Occupied(entry) => match entry.get() {
                State::Underway => Share::Underway,
                State::GivenUp => Share::GivenUp,
                State::Known(known) if known.counts_for(expected) => Share::Known(*known),
                State::Known(_) => self.entrust(entry.into_mut(), key),
            },
            Entry::Vacant(entry) => match self.find_kept(key, image) {
                Some(kept) if kept.counts_for(expected) => {
                    entry.insert(State::Known(kept));
                    Share::Known(kept)
                }
                _ => self.entrust(entry.insert(State::Underway), key),
            },
        }
    }

    fn entrust(&self, state: &mut State, key: Key) -> Share<'_> {
        *state = State::Underway;
        Share::Mine(Claim {
            digests: self,
            key,
            begun: Moment::now(),
        })
    }

    fn find_kept(&self, (stat, algorithm): Key, image: &File) -> Option<Known> {
        let (digest, age) = self.cache.as_ref()?.get(image, stat, algorithm)?;
        Some(Known {
            digest,
            kept_for: Some(age),
        })
    }

    /// Claim the digest of any file, whatever earlier runs have kept; one under way
    /// is waited for. `None` when it takes too long.
    pub(crate) fn claim_waiting(&self, key: Key) -> Option<Result<Digest, Claim<'_>>> {
        let mut digests = self.lock();
        loop {
            match digests.get(&key) {
                Some(State::Known(known)) => return Some(Ok(known.digest)),
                Some(State::GivenUp) => return None,
                None => break,
                Some(State::Underway) => {
                    digests = self
                        .changed
                        .wait(digests)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
        digests.insert(key, State::Underway);
        Some(Err(Claim {
            digests: self,
            key,
            begun: Moment::now(),
        }))
    }
}

impl Known {
    /// What is remembered of earlier runs may confirm a record, not contradict it.
    fn counts_for(&self, expected: &Digest) -> bool {
        self.kept_for.is_none() || self.digest == *expected
    }
}

impl Claim<'_> {
    /// Keep the promise. The digest of a running image is kept for later runs too.
    pub(crate) fn publish(self, digest: Digest, image: Option<&File>) {
        let known = Known {
            digest,
            kept_for: None,
        };
        self.digests.lock().insert(self.key, State::Known(known));
        if let (Some(image), Some(cache)) = (image, &self.digests.cache) {
            let (stat, algorithm) = self.key;
            cache.insert(image, stat, algorithm, &digest, self.begun);
        }
        // Dropping the claim wakes whoever waits.
    }

    /// The end of the time for hashing that begins now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.digests.timeout)
    }

    /// Say that it takes longer than granted, which is returned: whoever waits need
    /// not try.
    pub(crate) fn give_up(self) -> Duration {
        self.digests.lock().insert(self.key, State::GivenUp);
        self.digests.timeout
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let mut digests = self.digests.lock();
        if matches!(digests.get(&self.key), Some(State::Underway)) {
            digests.remove(&self.key);
        }
        drop(digests);
        self.digests.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::FileId;

    fn key(inode: u64) -> Key {
        let id = FileId { device: 1, inode };
        let stat = FileStat {
            id,
            size: 1,
            modified_ns: 0,
            changed_ns: 0,
        };
        (stat, DigestAlgorithm::Sha256)
    }

    #[test]
    fn whoever_waits_gets_the_digest_or_the_work() {
        let digests = ImageDigests::default();
        let image = tempfile::tempfile().unwrap();
        let claim = |inode| digests.claim(key(inode), &image, &[7; 32]);
        let Share::Mine(first) = claim(1) else {
            panic!("nobody claimed it before");
        };
        assert!(matches!(claim(1), Share::Underway));
        assert!(matches!(claim(2), Share::Mine(_)));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| digests.claim_waiting(key(1))?.ok());
            first.publish([7; 32], None);
            assert_eq!(waiting.join().unwrap(), Some([7; 32]));
        });

        let Share::Mine(given_up) = claim(3) else {
            panic!("nobody claimed it before");
        };
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| digests.claim_waiting(key(3)).unwrap().is_err());
            drop(given_up);
            assert!(waiting.join().unwrap());
        });

        let Share::Mine(too_long) = claim(4) else {
            panic!("nobody claimed it before");
        };
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| digests.claim_waiting(key(4)).is_none());
            too_long.give_up();
            assert!(waiting.join().unwrap());
        });
        assert!(matches!(claim(4), Share::GivenUp));
    }
}
