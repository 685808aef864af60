//! Hashes the running image while the answer of the daemon is awaited.

use std::io;
use std::time::Duration;

use super::conversation::{Conversation, ConversationEvidence};
use super::evidence::{DigestEvidence, ImageEvidence};
use super::hasher::{Hashed, Hasher, KnownDigest, Waiter};
use super::image_digests::{ImageDigest, ImageDigests};
use super::running_image::RunningImage;
use super::timed::Timed;
use crate::identity::{Digest, DigestAlgorithm, ExeDigest};
use crate::platform::ImageError;

/// The work for the digest check of one image.
pub(super) enum DigestWork<'a> {
    /// None: the evidence is complete.
    Done(DigestEvidence),
    Hash(Hasher<'a>, Comparison),
    Wait(Waiter, Comparison),
}

/// The digest that a record supplies for an image.
#[derive(Clone, Copy)]
pub(super) struct Comparison {
    algorithm: DigestAlgorithm,
    expected: Digest,
    timeout: Duration,
}

impl<'a> DigestWork<'a> {
    pub(super) fn new(
        image: Result<&RunningImage<'_>, &ImageEvidence>,
        expected: ExeDigest,
        digests: &'a ImageDigests,
    ) -> Self {
        let image = match image {
            Ok(running) => &running.image,
            Err(ImageEvidence::Failed(ImageError::Denied(_))) => {
                return Self::Done(DigestEvidence::Denied);
            }
            Err(_) => return Self::Done(DigestEvidence::NotExamined),
        };
        let Some((algorithm, expected)) = expected.preferred() else {
            return Self::Done(DigestEvidence::NotSupplied);
        };
        let comparison = Comparison {
            algorithm,
            expected,
            timeout: digests.timeout(),
        };
        match digests.of_image(image, algorithm, &expected) {
            Ok(ImageDigest::Known(known)) => Self::Done(comparison.with(known)),
            Ok(ImageDigest::TimedOut) => Self::Done(DigestEvidence::TimedOut(digests.timeout())),
            Ok(ImageDigest::Hash(hasher)) => Self::Hash(hasher, comparison),
            Ok(ImageDigest::Wait(waiter)) => Self::Wait(waiter, comparison),
            Err(error) => Self::Done(DigestEvidence::Failed(error)),
        }
    }
}

impl Comparison {
    fn with(self, known: KnownDigest) -> DigestEvidence {
        DigestEvidence::Computed {
            algorithm: self.algorithm,
            expected: self.expected,
            actual: known.digest,
            cached_for: known.cached_for,
        }
    }

    fn of(self, hashed: io::Result<Hashed>) -> DigestEvidence {
        match hashed {
            Ok(Hashed::Digest(digest)) => self.with(KnownDigest {
                digest,
                cached_for: None,
            }),
            Ok(Hashed::TimedOut) => DigestEvidence::TimedOut(self.timeout),
            Err(error) => DigestEvidence::Failed(error),
        }
    }
}

/// Hashes the image part by part and serves the conversation in between, so that neither
/// waits for the other; then completes both.
pub(super) fn converse_and_hash(
    mut conversation: Conversation<'_>,
    work: DigestWork<'_>,
) -> (ConversationEvidence, Timed<DigestEvidence>) {
    let mut digest = Timed::instantly(DigestEvidence::NotExamined);
    let mut waiting = None;
    match work {
        DigestWork::Done(evidence) => digest.value = evidence,
        DigestWork::Wait(waiter, comparison) => waiting = Some((waiter, comparison)),
        DigestWork::Hash(mut hasher, comparison) => loop {
            conversation.step();
            let part = Timed::of(|| hasher.advance().transpose());
            digest.elapsed += part.elapsed;
            if let Some(hashed) = part.value {
                digest.value = comparison.of(hashed);
                break;
            }
        },
    }
    let conversation = conversation.finish();
    if let Some((waiter, comparison)) = waiting {
        digest = Timed::of(|| comparison.of(waiter.wait()));
    }
    (conversation, digest)
}
