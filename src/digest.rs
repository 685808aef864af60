//! Executable digests: a streamed pass through buffers of fixed size.

mod pieces;
mod threads;

use std::fs::File;
use std::io;
use std::sync::Arc;

use sha2::Digest as _;

use self::threads::Threads;
use crate::identity::{DigestAlgorithm, ExeDigest};
use crate::platform::{self, Fault, Helper, Readable};

/// The number of bytes in one read for the serial hash functions. Large enough that they
/// dominate, small enough to stay in the cache.
const BUFFER_LEN: usize = 128 * 1024;

/// One pass over a file. The caller can do other work between two reads.
///
/// SHA-256 is serial. BLAKE3 of a large file is computed on all cores that are free.
pub(crate) struct Pass {
    file: Arc<File>,
    buffer: Vec<u8>,
    /// The number of bytes that the serial hash functions have read.
    offset: u64,
    sha256: Option<sha2::Sha256>,
    blake3: Option<blake3::Hasher>,
    /// BLAKE3 of a large file.
    threads: Option<Threads>,
    /// The digests that are complete.
    done: ExeDigest,
}

impl Pass {
    pub(crate) fn over(file: File, wanted: &[DigestAlgorithm]) -> Self {
        let mut pass = Self::on_one_core(file, wanted);
        let size = platform::stat_open(&pass.file).map_or(0, |stat| stat.size);
        if size >= threads::LARGE && pass.blake3.take().is_some() {
            pass.threads = Some(Threads::start(&pass.file, size));
        }
        pass
    }

    /// Creates a pass that starts no threads, for a helper.
    fn on_one_core(file: File, wanted: &[DigestAlgorithm]) -> Self {
        let has = |algorithm| wanted.contains(&algorithm);
        Self {
            file: Arc::new(file),
            buffer: vec![0; BUFFER_LEN],
            offset: 0,
            sha256: has(DigestAlgorithm::Sha256).then(sha2::Sha256::new),
            blake3: has(DigestAlgorithm::Blake3).then(blake3::Hasher::new),
            threads: None,
            done: ExeDigest::default(),
        }
    }

    /// Returns the file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Reads and hashes the next part of the file. Returns the digests at its end, and
    /// `None` before.
    pub(crate) fn advance(&mut self) -> io::Result<Option<ExeDigest>> {
        if self.sha256.is_some() || self.blake3.is_some() {
            self.read()?;
        } else if let Some(threads) = &mut self.threads {
            self.done.blake3 = threads.advance()?;
            if self.done.blake3.is_some() {
                self.threads = None;
            }
        }
        let is_done = self.sha256.is_none() && self.blake3.is_none() && self.threads.is_none();
        Ok(is_done.then_some(self.done))
    }

    /// Reads the next part for the serial hash functions.
    fn read(&mut self) -> io::Result<()> {
        // Windows: the threads move the position of the open file.
        let read = pieces::fill(&self.file, &mut self.buffer, self.offset)?;
        self.offset += read as u64;
        let part = &self.buffer[..read];
        if let Some(hasher) = &mut self.sha256 {
            hasher.update(part);
        }
        if let Some(hasher) = &mut self.blake3 {
            hasher.update(part);
        }
        if read == 0 {
            self.done.sha256 = self.sha256.take().map(|hasher| hasher.finalize().into());
            self.done.blake3 = self.blake3.take().map(|hasher| hasher.finalize().into());
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<ExeDigest> {
        loop {
            platform::beat();
            if let Some(digest) = self.advance()? {
                return Ok(digest);
            }
        }
    }
}

/// Returns the digests of a whole file.
pub(crate) fn of_file(file: File, wanted: &[DigestAlgorithm]) -> io::Result<ExeDigest> {
    Pass::over(file, wanted).finish()
}

/// Returns the digests of a whole file, in a helper.
pub(crate) fn of_file_apart(file: &File, wanted: &[DigestAlgorithm]) -> io::Result<ExeDigest> {
    Pass::on_one_core(platform::reopened(file)?, wanted).finish()
}

/// Returns the digests of a whole file, which is hashed in a helper if its file system may
/// hang.
pub(crate) fn of_readable(readable: Readable, wanted: &[DigestAlgorithm]) -> io::Result<ExeDigest> {
    let Readable { file, mount } = readable;
    let Some(mount) = mount else {
        return of_file(platform::reopened(&file)?, wanted);
    };
    let hash = || {
        let digests = of_file_apart(&file, wanted)?;
        Ok((digests.sha256, digests.blake3))
    };
    let work = || (hash().map_err(|error: io::Error| Fault::from(error)), None);
    let (digests, _) = Helper::start(mount, work)?.finish()?;
    let (sha256, blake3) = digests?;
    Ok(ExeDigest { sha256, blake3 })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn assert_digests(content: &[u8], digest: ExeDigest) {
        assert_eq!(digest.sha256, Some(sha2::Sha256::digest(content).into()));
        assert_eq!(digest.blake3, Some(*blake3::hash(content).as_bytes()));
    }

    #[test]
    fn a_file_longer_than_the_buffer_is_hashed_whole() {
        let large = usize::try_from(threads::LARGE).unwrap();
        for len in [BUFFER_LEN * 2 + 17, large - 1, large, large + 1] {
            let content: Vec<u8> = (0..=250).cycle().take(len).collect();
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(&content).unwrap();
            let open = || file.reopen().unwrap();
            let pass = Pass::over(open(), DigestAlgorithm::ALL);
            assert_eq!(pass.threads.is_some(), len >= large);
            assert_digests(&content, pass.finish().unwrap());
            let apart = of_file_apart(&open(), DigestAlgorithm::ALL).unwrap();
            assert_digests(&content, apart);
        }
    }

    #[test]
    fn only_the_wanted_digest_is_computed() {
        let file = tempfile::tempfile().unwrap();
        file.set_len(threads::LARGE).unwrap();
        let of = |algorithm| of_file(file.try_clone().unwrap(), &[algorithm]).unwrap();
        let digest = of(DigestAlgorithm::Sha256);
        assert!(digest.sha256.is_some() && digest.blake3.is_none());
        let digest = of(DigestAlgorithm::Blake3);
        assert!(digest.sha256.is_none() && digest.blake3.is_some());
    }
}
