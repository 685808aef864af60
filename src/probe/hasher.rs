//! One file hashed once, for every probe of a run that asks for its digest.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::hashing_pass::HashingPass;
use crate::deadline::Deadline;
use crate::digest_cache::{DigestCache, Moment};
use crate::identity::{Digest, DigestAlgorithm};
use crate::platform::{FileStat, Readable};

/// Which content of which file, and the algorithm.
pub(super) type Key = (FileStat, DigestAlgorithm);

/// The place where the probes of one run find the digest of one file.
#[derive(Debug, Default)]
pub(super) struct Slot {
    state: Mutex<State>,
    changed: Condvar,
}

/// How far the digest of a file has come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum State {
    /// No probe hashes the file.
    #[default]
    Unclaimed,
    /// A probe is hashing it.
    Hashing,
    Known(KnownDigest),
    /// Hashing took longer than granted, and would again.
    TimedOut,
}

/// A digest, and its age if it comes from an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownDigest {
    pub(super) digest: Digest,
    /// `None` for a digest that was computed in this run.
    pub(super) cached_for: Option<Duration>,
}

/// How hashing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hashed {
    Digest(Digest),
    TimedOut,
}

impl Slot {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hashes a file for all probes that wait for its digest.
///
/// If it is dropped before the end, a waiting probe takes over.
pub(super) struct Hasher<'a> {
    pass: HashingPass,
    slot: Arc<Slot>,
    key: Key,
    cache: Option<&'a DigestCache>,
    started: Moment,
    deadline: Deadline,
}

impl<'a> Hasher<'a> {
    /// Claims `state`, the state of `slot`, and hashes `file` for at most `timeout`.
    ///
    /// The digest goes into `cache` for later runs.
    ///
    /// # Errors
    ///
    /// When a helper is needed and cannot be started.
    pub(super) fn claim(
        state: &mut State,
        slot: &Arc<Slot>,
        (file, key): (Readable, Key),
        timeout: Duration,
        cache: Option<&'a DigestCache>,
    ) -> io::Result<Self> {
        let pass = HashingPass::over(file, key.1)?;
        *state = State::Hashing;
        Ok(Self {
            pass,
            slot: Arc::clone(slot),
            key,
            cache,
            started: Moment::now(),
            deadline: Deadline::after(timeout),
        })
    }

    /// Hashes the next part of the file. Returns `None` until the end is reached.
    pub(super) fn advance(&mut self) -> io::Result<Option<Hashed>> {
        let Some(digest) = self.pass.advance()? else {
            if !self.deadline.has_passed() {
                return Ok(None);
            }
            *self.slot.lock() = State::TimedOut;
            return Ok(Some(Hashed::TimedOut));
        };
        *self.slot.lock() = State::Known(KnownDigest {
            digest,
            cached_for: None,
        });
        if let (Some(cache), Some(file)) = (self.cache, self.pass.file()) {
            let (stat, algorithm) = self.key;
            cache.insert(file, stat, algorithm, &digest, self.started);
        }
        Ok(Some(Hashed::Digest(digest)))
    }

    /// Hashes the rest of the file.
    pub(super) fn finish(mut self) -> io::Result<Hashed> {
        loop {
            if let Some(hashed) = self.advance()? {
                return Ok(hashed);
            }
        }
    }
}

impl Drop for Hasher<'_> {
    /// Wakes the waiting probes, and gives the claim back if there is no result.
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        if matches!(*state, State::Hashing) {
            *state = State::Unclaimed;
        }
        drop(state);
        self.slot.changed.notify_all();
    }
}

/// A file whose digest another probe may be computing.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) file: Readable,
    pub(super) slot: Arc<Slot>,
    pub(super) key: Key,
    pub(super) timeout: Duration,
}

impl Waiter {
    /// Waits for the digest, and hashes the file if no other probe does.
    pub(super) fn wait(self) -> io::Result<Hashed> {
        let slot = &self.slot;
        let hashing = |state: &mut State| matches!(state, State::Hashing);
        let mut state = slot
            .changed
            .wait_while(slot.lock(), hashing)
            .unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Known(known) => Ok(Hashed::Digest(known.digest)),
            State::TimedOut => Ok(Hashed::TimedOut),
            State::Unclaimed | State::Hashing => {
                let file = (self.file, self.key);
                let hasher = Hasher::claim(&mut state, slot, file, self.timeout, None)?;
                drop(state);
                hasher.finish()
            }
        }
    }
}
