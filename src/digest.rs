//! Executable digests: one streamed pass through one buffer of fixed size.

use std::fs::File;
use std::io::{self, Read};

use sha2::Digest as _;

use crate::identity::{DigestAlgorithm, ExeDigest};
use crate::platform::{self, Fault, Helper, Readable};

/// Number of bytes in one read. Large enough that the hash functions dominate, small
/// enough to stay in the cache.
const BUFFER_LEN: usize = 128 * 1024;

/// One pass over a file. The caller can do other work between two reads.
pub(crate) struct Pass {
    file: File,
    buffer: Vec<u8>,
    sha256: Option<sha2::Sha256>,
    blake3: Option<blake3::Hasher>,
}

impl Pass {
    pub(crate) fn over(file: File, wanted: &[DigestAlgorithm]) -> Self {
        let has = |algorithm| wanted.contains(&algorithm);
        Self {
            file,
            buffer: vec![0; BUFFER_LEN],
            sha256: has(DigestAlgorithm::Sha256).then(sha2::Sha256::new),
            blake3: has(DigestAlgorithm::Blake3).then(blake3::Hasher::new),
        }
    }

    /// Returns the file.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Reads and hashes the next part of the file. Returns the digests at its end, and
    /// `None` before.
    pub(crate) fn advance(&mut self) -> io::Result<Option<ExeDigest>> {
        let read = match self.file.read(&mut self.buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
            Err(error) => return Err(error),
        };
        let part = &self.buffer[..read];
        if let Some(hasher) = &mut self.sha256 {
            hasher.update(part);
        }
        if let Some(hasher) = &mut self.blake3 {
            hasher.update(part);
        }
        Ok((read == 0).then(|| ExeDigest {
            sha256: self.sha256.take().map(|hasher| hasher.finalize().into()),
            blake3: self.blake3.take().map(|hasher| hasher.finalize().into()),
        }))
    }
}

/// Returns the digests of a whole file.
pub(crate) fn of_file(file: File, wanted: &[DigestAlgorithm]) -> io::Result<ExeDigest> {
    let mut pass = Pass::over(file, wanted);
    loop {
        platform::beat();
        if let Some(digest) = pass.advance()? {
            return Ok(digest);
        }
    }
}

/// Returns the digests of a whole file, which is hashed in a helper if its file system may
/// hang.
pub(crate) fn of_readable(readable: Readable, wanted: &[DigestAlgorithm]) -> io::Result<ExeDigest> {
    let Readable { file, mount } = readable;
    let Some(mount) = mount else {
        return of_file(platform::reopened(&file)?, wanted);
    };
    let hash = || {
        let digests = of_file(platform::reopened(&file)?, wanted)?;
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

    #[test]
    fn a_file_longer_than_the_buffer_is_hashed_whole() {
        let content: Vec<u8> = (0..=250).cycle().take(BUFFER_LEN * 2 + 17).collect();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&content).unwrap();
        let digest = of_file(file.reopen().unwrap(), DigestAlgorithm::ALL).unwrap();
        assert_eq!(digest.sha256, Some(sha2::Sha256::digest(&content).into()));
        assert_eq!(digest.blake3, Some(*blake3::hash(&content).as_bytes()));
    }

    #[test]
    fn only_the_wanted_digest_is_computed() {
        let file = tempfile::tempfile().unwrap();
        let digest = of_file(file, &[DigestAlgorithm::Sha256]).unwrap();
        assert!(digest.sha256.is_some() && digest.blake3.is_none());
    }
}
