//! One pass over a file, here or in a helper.

use std::fs::File;
use std::io;
use std::time::Duration;

use crate::digest::{self, Pass};
use crate::identity::{Digest, DigestAlgorithm, ExeDigest};
use crate::platform::{self, Fault, Helper, Readable};

/// The longest wait for a helper, in which a conversation stands still.
const PAUSE: Duration = Duration::from_millis(5);

/// A pass over a file, which is hashed in a helper if its file system may hang.
pub(super) enum HashingPass {
    Here(Box<Pass>),
    Apart(Helper<Result<Digest, Fault>>),
}

impl HashingPass {
    pub(super) fn over(readable: Readable, algorithm: DigestAlgorithm) -> io::Result<Self> {
        let Readable { file, mount } = readable;
        let Some(mount) = mount else {
            let pass = Pass::over(platform::reopened(&file)?, &[algorithm]);
            return Ok(Self::Here(Box::new(pass)));
        };
        let hash = || {
            let digests = digest::of_file_apart(&file, &[algorithm])?;
            of_one(&digests)
        };
        let work = || (hash().map_err(|error: io::Error| Fault::from(error)), None);
        Ok(Self::Apart(Helper::start(mount, work)?))
    }

    /// Proceeds a little. Returns the digest at the end, and `None` before.
    pub(super) fn advance(&mut self) -> io::Result<Option<Digest>> {
        match self {
            Self::Here(pass) => pass.advance()?.as_ref().map(of_one).transpose(),
            Self::Apart(helper) => match helper.poll(PAUSE)? {
                Some((digest, _)) => Ok(Some(digest?)),
                None => Ok(None),
            },
        }
    }

    /// Returns the file, if it was hashed here.
    pub(super) fn file(&self) -> Option<&File> {
        match self {
            Self::Here(pass) => Some(pass.file()),
            Self::Apart(_) => None,
        }
    }
}

fn of_one(digests: &ExeDigest) -> io::Result<Digest> {
    let preferred = digests.preferred();
    let (_, digest) = preferred.ok_or_else(|| io::Error::other("no digest was computed"))?;
    Ok(digest)
}
