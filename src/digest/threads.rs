//! BLAKE3 of a large file on all cores.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Builder};

use super::pieces::{self, PIECE_LEN, Pieces};
use crate::identity::Digest;

/// The size of a file, in bytes, from which threads are started. Measured: at 2 MiB a
/// second core saves no more than starting its thread takes, at 4 MiB a third of the time.
pub(super) const LARGE: u64 = 4 << 20;

/// The part of a file, in bytes, that is worth a thread.
const SHARE: u64 = 2 << 20;

/// The maximum number of threads for one file, each with a buffer.
const MAX_THREADS: usize = 16;

/// The threads of this process that hash large files.
static HASHING: AtomicUsize = AtomicUsize::new(0);

/// A file that the caller and further threads hash together.
///
/// The further threads have no work that the caller waits for: without a free core, the
/// caller hashes all of the file. If this is dropped, they end after the next piece.
pub(super) struct Threads {
    shared: Arc<Shared>,
    /// The piece that the caller hashes.
    buffer: Vec<u8>,
    _busy: Busy,
}

/// The work of all threads.
struct Shared {
    file: Arc<File>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    pieces: Pieces,
    error: Option<io::Error>,
    /// Whether no digest is needed any more.
    is_over: bool,
}

impl Threads {
    /// Starts to hash a file of `size` bytes on the cores that this process may use and
    /// does not hash on already.
    pub(super) fn start(file: &Arc<File>, size: u64) -> Self {
        let busy = Busy::new();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let shares = usize::try_from(size / SHARE).unwrap_or(MAX_THREADS);
        let free = cores.saturating_sub(HASHING.load(Ordering::Relaxed));
        let threads = Self {
            shared: Arc::new(Shared {
                file: Arc::clone(file),
                progress: Mutex::default(),
            }),
            buffer: vec![0; PIECE_LEN],
            _busy: busy,
        };
        threads.add(free.min(shares.min(MAX_THREADS).saturating_sub(1)));
        threads
    }

    /// Starts further threads. Without them, the caller does the work alone.
    fn add(&self, count: usize) {
        for _ in 0..count {
            let shared = Arc::clone(&self.shared);
            let busy = Busy::new();
            let run = move || {
                shared.hash_pieces();
                drop(busy);
            };
            if Builder::new().spawn(run).is_err() {
                break;
            }
        }
    }

    /// Hashes the next piece. Returns the digest at the end, and `None` before.
    pub(super) fn advance(&mut self) -> io::Result<Option<Digest>> {
        let mut progress = self.shared.lock();
        if let Some(error) = progress.error.take() {
            return Err(error);
        }
        let Some(at) = progress.pieces.claim_or_repeat() else {
            progress.is_over = true;
            return std::mem::take(&mut progress.pieces).root().map(Some);
        };
        drop(progress);
        self.shared.hash(at, &mut self.buffer)?;
        Ok(None)
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hashes pieces until none is left.
    fn hash_pieces(&self) {
        let mut buffer = vec![0; PIECE_LEN];
        while let Some(at) = self.claim() {
            if let Err(error) = self.hash(at, &mut buffer) {
                self.lock().error = Some(error);
            }
        }
    }

    fn claim(&self) -> Option<u64> {
        let mut progress = self.lock();
        if progress.is_over || progress.error.is_some() {
            return None;
        }
        progress.pieces.claim()
    }

    fn hash(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let read = pieces::fill(&self.file, buffer, at * PIECE_LEN as u64)?;
        let part = &buffer[..read];
        let value = pieces::value(at, part);
        let mut progress = self.lock();
        if !progress.is_over {
            progress.pieces.add(at, part, value);
        }
        Ok(())
    }
}

/// A thread that hashes a large file, counted while this lives.
struct Busy;

impl Busy {
    fn new() -> Self {
        HASHING.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        HASHING.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn finish(mut threads: Threads) -> io::Result<Digest> {
        loop {
            if let Some(digest) = threads.advance()? {
                return Ok(digest);
            }
        }
    }

    /// A file of 40 pieces and some bytes, and its digest.
    fn file() -> (Arc<File>, Digest) {
        let content: Vec<u8> = (0..=250).cycle().take(40 * PIECE_LEN + 17).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&content).unwrap();
        (Arc::new(file), blake3::hash(&content).into())
    }

    #[test]
    fn any_number_of_threads_has_the_digest_of_one() {
        let (file, digest) = file();
        for count in [0, 1, 7] {
            let threads = Threads::start(&file, 0);
            threads.add(count);
            assert_eq!(finish(threads).unwrap(), digest);
        }
    }

    #[test]
    fn the_caller_does_not_wait_for_a_thread_without_a_core() {
        let (file, digest) = file();
        let threads = Threads::start(&file, 0);
        assert_eq!(threads.shared.claim(), Some(0));
        assert_eq!(finish(threads).unwrap(), digest);
    }

    #[test]
    fn threads_end_if_the_digest_is_not_needed() {
        let (file, _) = file();
        let threads = Threads::start(&file, 0);
        let shared = Arc::clone(&threads.shared);
        drop(threads);
        assert_eq!(shared.claim(), None);
    }

    #[test]
    fn an_error_of_another_thread_is_the_error_of_the_caller() {
        let named = tempfile::NamedTempFile::new().unwrap();
        let unreadable = File::options().write(true).open(named.path()).unwrap();
        let mut threads = Threads::start(&Arc::new(unreadable), 0);
        threads.shared.hash_pieces();
        assert!(threads.advance().is_err());
    }
}
