//! Digests that the probes of one run share: no image is hashed twice, however
//! many records name it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::identity::{Digest, DigestAlgorithm};
use crate::platform::FileStat;

/// The digests computed in one run. Give all its probes the same value; see
/// [`crate::Probe::sharing`].
///
/// A digest is known by file, size and both change times, for as long as this
/// value lives: keep it for one run, not longer.
#[derive(Debug, Default)]
pub struct ImageDigests {
    digests: Mutex<HashMap<Key, State>>,
    changed: Condvar,
}

/// Which content of which file, hashed how.
pub(crate) type Key = (FileStat, DigestAlgorithm);

#[derive(Debug)]
enum State {
    Underway,
    Known(Digest),
}

/// Who computes a digest.
#[derive(Debug)]
pub(crate) enum Share<'a> {
    /// Nobody any more.
    Known(Digest),
    /// The caller does.
    Mine(Claim<'a>),
    /// Another probe, right now.
    Underway,
}

/// The right, and the promise, to compute a digest. Dropped without one, it
/// passes to whoever waits.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    digests: &'a ImageDigests,
    key: Key,
}

impl ImageDigests {
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, State>> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claim a digest, without waiting for another probe.
    pub(crate) fn claim(&self, key: Key) -> Share<'_> {
        match self.lock().entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(State::Underway);
                Share::Mine(Claim { digests: self, key })
            }
            Entry::Occupied(entry) => match entry.get() {
                State::Known(digest) => Share::Known(*digest),
                State::Underway => Share::Underway,
            },
        }
    }

    /// Claim a digest; one under way is waited for.
    pub(crate) fn claim_waiting(&self, key: Key) -> Result<Digest, Claim<'_>> {
        loop {
            match self.claim(key) {
                Share::Known(digest) => return Ok(digest),
                Share::Mine(claim) => return Err(claim),
                Share::Underway => {}
            }
            let is_underway = |digests: &mut HashMap<Key, State>| {
                matches!(digests.get(&key), Some(State::Underway))
            };
            drop(
                self.changed
                    .wait_while(self.lock(), is_underway)
                    .unwrap_or_else(PoisonError::into_inner),
            );
        }
    }
}

impl Claim<'_> {
    /// Keep the promise.
    pub(crate) fn publish(self, digest: Digest) {
        self.digests.lock().insert(self.key, State::Known(digest));
        // Dropping the claim wakes whoever waits.
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
        let Share::Mine(first) = digests.claim(key(1)) else {
            panic!("nobody claimed it before");
        };
        assert!(matches!(digests.claim(key(1)), Share::Underway));
        assert!(matches!(digests.claim(key(2)), Share::Mine(_)));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| digests.claim_waiting(key(1)).unwrap());
            first.publish([7; 32]);
            assert_eq!(waiting.join().unwrap(), [7; 32]);
        });

        let Share::Mine(given_up) = digests.claim(key(3)) else {
            panic!("nobody claimed it before");
        };
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| digests.claim_waiting(key(3)).is_err());
            drop(given_up);
            assert!(waiting.join().unwrap());
        });
    }
}
