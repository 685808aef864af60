//! Hashing the running image while the socket is waited for.

use std::fs::File;
use std::io;
use std::time::Instant;

use super::evidence::{DigestEvidence, Timed};
use super::image_digests::{Claim, ImageDigests, Key, Known, Share};
use crate::deadline::Deadline;
use crate::digest::{Pass, Wanted};
use crate::endpoint::{Exchange, ExchangeError};
use crate::identity::{DaemonProcess, Digest, DigestAlgorithm, ExeDigest};
use crate::platform::{Image, ImageError};

/// What there is to do for the digest of an image.
pub(super) enum Hashing<'a> {
    /// Nothing can be done.
    Impossible(DigestEvidence),
    /// The digest, and what to do for it.
    Of { expected: Digest, work: Work<'a> },
}

pub(super) enum Work<'a> {
    /// Nothing: it was computed in this run, or kept from an earlier one.
    Known(DigestAlgorithm, Known),
    /// All of it.
    Mine(Box<Pass>, Claim<'a>),
    /// Another probe does it now; the file is for when that fails.
    Underway(File, Key, &'a ImageDigests),
}

impl<'a> Hashing<'a> {
    pub(super) fn of(
        image: Option<&Result<Image, ImageError>>,
        expected: &DaemonProcess,
        digests: &'a ImageDigests,
    ) -> Self {
        let image = match image {
            Some(Ok(image)) => image,
            Some(Err(ImageError::Denied)) => return Self::Impossible(DigestEvidence::Denied),
            Some(Err(_)) | None => return Self::Impossible(DigestEvidence::NotExamined),
        };
        let Some((algorithm, expected)) = expected.exe_digest.preferred() else {
            return Self::Impossible(DigestEvidence::NotSupplied);
        };
        let key = (image.stat, algorithm);
        let share = digests.claim(key, &image.file, &expected);
        match share {
            Share::Known(known) => {
                let work = Work::Known(algorithm, known);
                return Self::Of { expected, work };
            }
            Share::GivenUp => {
                return Self::Impossible(DigestEvidence::TimedOut(digests.timeout()));
            }
            Share::Mine(_) | Share::Underway => {}
        }
        let file = match image.file.try_clone() {
            Ok(file) => file,
            Err(error) => return Self::Impossible(DigestEvidence::Failed(error)),
        };
        let work = match share {
            Share::Mine(claim) => {
                let pass = Box::new(Pass::over(file, Wanted::only(algorithm)));
                Work::Mine(pass, claim)
            }
            _ => Work::Underway(file, key, digests),
        };
        Self::Of { expected, work }
    }
}

type Answered = Timed<Option<Result<(), ExchangeError>>>;

/// Hash part by part, looking at the socket in between; then wait for whichever
/// is left.
pub(super) fn exchange_and_hash(
    mut exchange: Option<&mut Exchange<'_>>,
    deadline: Deadline,
    hashing: Hashing<'_>,
) -> (Answered, Timed<DigestEvidence>) {
    let started = Instant::now();
    let mut answered = Timed::instantly(None);
    let mut step = |answered: &mut Answered| {
        if let (None, Some(exchange)) = (&answered.value, exchange.as_mut()) {
            answered.value = exchange.step(deadline).transpose();
            answered.elapsed = started.elapsed();
        }
    };

    let mut digest = Timed::instantly(DigestEvidence::NotExamined);
    let mut left = None;
    match hashing {
        Hashing::Impossible(evidence) => digest.value = evidence,
        Hashing::Of { expected, work } => match work {
            Work::Known(algorithm, known) => digest.value = compared(algorithm, expected, known),
            Work::Underway(file, key, digests) => left = Some((expected, file, key, digests)),
            Work::Mine(mut pass, claim) => {
                let hash_deadline = claim.deadline();
                digest.value = loop {
                    step(&mut answered);
                    let part = Timed::of(|| pass.advance());
                    digest.elapsed += part.elapsed;
                    match part.value {
                        Ok(None) if hash_deadline.has_passed() => {
                            break DigestEvidence::TimedOut(claim.give_up());
                        }
                        Ok(None) => {}
                        Ok(Some(all)) => break publish(all, expected, claim, pass.file()),
                        Err(error) => break DigestEvidence::Failed(error),
                    }
                };
            }
        },
    }
    if let (None, Some(exchange)) = (&answered.value, exchange) {
        answered.value = Some(exchange.finish(deadline));
        answered.elapsed = started.elapsed();
    }
    if let Some((expected, file, key, digests)) = left {
        digest = Timed::of(|| match of_file(file, key, digests) {
            Ok(Some(actual)) => computed(key.1, expected, actual),
            Ok(None) => DigestEvidence::TimedOut(digests.timeout()),
            Err(error) => DigestEvidence::Failed(error),
        });
    }
    (answered, digest)
}

fn publish(all: ExeDigest, expected: Digest, claim: Claim<'_>, image: &File) -> DigestEvidence {
    match all.preferred() {
        Some((algorithm, actual)) => {
            claim.publish(actual, Some(image));
            computed(algorithm, expected, actual)
        }
        None => DigestEvidence::NotExamined,
    }
}

fn computed(algorithm: DigestAlgorithm, expected: Digest, actual: Digest) -> DigestEvidence {
    let known = Known {
        digest: actual,
        kept_for: None,
    };
    compared(algorithm, expected, known)
}

fn compared(algorithm: DigestAlgorithm, expected: Digest, known: Known) -> DigestEvidence {
    DigestEvidence::Computed {
        algorithm,
        expected,
        actual: known.digest,
        kept_for: known.kept_for,
    }
}

/// The digest of a file, which another probe of this run may have or get; `None`
/// when it takes too long.
pub(super) fn of_file(file: File, key: Key, digests: &ImageDigests) -> io::Result<Option<Digest>> {
    let claim = match digests.claim_waiting(key) {
        None => return Ok(None),
        Some(Ok(digest)) => return Ok(Some(digest)),
        Some(Err(claim)) => claim,
    };
    let deadline = claim.deadline();
    let mut pass = Pass::over(file, Wanted::only(key.1));
    let all = loop {
        match pass.advance()? {
            Some(all) => break all,
            None if deadline.has_passed() => {
                claim.give_up();
                return Ok(None);
            }
            None => {}
        }
    };
    let (_, digest) = all
        .preferred()
        .ok_or_else(|| io::Error::other("no digest was computed"))?;
    claim.publish(digest, None);
    Ok(Some(digest))
}
