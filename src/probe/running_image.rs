//! The image that the recorded process runs, next to the recorded path.

use std::io;
use std::path::Path;

use super::evidence::{DigestEvidence, FoundImage, ImageEvidence, RecordedFile};
use super::hasher::Hashed;
use super::image_digests::ImageDigests;
use super::request::Request;
use crate::platform::{self, FileStat, Image, ImageError, PinnedProcess};

/// The image that a process ran when it was opened.
pub(super) struct RunningImage<'p> {
    process: &'p PinnedProcess,
    image: Image,
}

impl<'p> RunningImage<'p> {
    /// Opens the image of `process`.
    ///
    /// # Errors
    ///
    /// The evidence that there is instead.
    pub(super) fn open(process: Option<&'p PinnedProcess>) -> Result<Self, ImageEvidence> {
        let process = process.ok_or(ImageEvidence::NotExamined)?;
        match process.image() {
            Ok(image) => Ok(Self { process, image }),
            Err(error) => Err(ImageEvidence::Failed(error)),
        }
    }

    pub(super) fn image(&self) -> &Image {
        &self.image
    }

    /// Compares the image with the recorded path, unless the process runs another image
    /// by now: hashing takes time.
    pub(super) fn examine(&self, request: &Request<'_>, digest: &DigestEvidence) -> ImageEvidence {
        let found = self.compare_names(&request.expected.exe_path, digest, request.digests);
        match self.process.image_id() {
            Ok(now) if now != self.image.stat.id => ImageEvidence::Failed(ImageError::Changed),
            _ => ImageEvidence::Found(found),
        }
    }

    fn compare_names(
        &self,
        recorded: &Path,
        digest: &DigestEvidence,
        digests: &ImageDigests,
    ) -> FoundImage {
        let link = self.image.link.as_deref();
        let recorded = self.name_of(recorded);
        let file = self.recorded_file(recorded, digest, digests);
        // Other names matter only if the recorded one is not that of the image.
        let is_same = matches!(file, RecordedFile::Same | RecordedFile::SameInside);
        let is_named = |link| self.is(platform::stat(link)) || self.is_inside(link);
        FoundImage {
            link_is_current: is_same || link.is_some_and(is_named),
            link: link.map(Path::to_path_buf),
            resolved: (!is_same)
                .then(|| std::fs::canonicalize(recorded).ok())
                .flatten(),
            recorded: file,
        }
    }

    /// Returns the recorded path, or the name that it stands for: a path that is not
    /// UTF-8 is recorded with replacement characters.
    fn name_of<'a>(&'a self, recorded: &'a Path) -> &'a Path {
        let text = recorded.to_string_lossy();
        let is_replaced = text.contains(char::REPLACEMENT_CHARACTER);
        let link = self.image.link.as_deref();
        link.filter(|link| is_replaced && link.to_string_lossy() == text)
            .unwrap_or(recorded)
    }

    fn recorded_file(
        &self,
        path: &Path,
        digest: &DigestEvidence,
        digests: &ImageDigests,
    ) -> RecordedFile {
        match platform::stat(path) {
            Ok(stat) if stat.id == self.image.stat.id => RecordedFile::Same,
            _ if self.is_inside(path) => RecordedFile::SameInside,
            Ok(stat) => match self.is_copied_to(path, stat, digest, digests) {
                Ok(true) => RecordedFile::Copy,
                Ok(false) => RecordedFile::Other,
                Err(error) => RecordedFile::Unreadable(error),
            },
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => RecordedFile::Missing,
                _ => RecordedFile::Unreadable(error),
            },
        }
    }

    fn is(&self, stat: io::Result<FileStat>) -> bool {
        stat.is_ok_and(|stat| stat.id == self.image.stat.id)
    }

    /// Returns whether `path` names the image in the mount namespace of the process.
    fn is_inside(&self, path: &Path) -> bool {
        self.is(self.process.stat_inside(path))
    }

    /// Returns whether another file has the content of the image.
    fn is_copied_to(
        &self,
        path: &Path,
        stat: FileStat,
        digest: &DigestEvidence,
        digests: &ImageDigests,
    ) -> io::Result<bool> {
        let DigestEvidence::Computed {
            algorithm, actual, ..
        } = digest
        else {
            return Ok(false);
        };
        if stat.size != self.image.stat.size || !std::fs::metadata(path)?.is_file() {
            return Ok(false);
        }
        let file = platform::open_without_blocking(path)?;
        // The path may name another file than before.
        let key = (platform::stat_open(&file)?, *algorithm);
        match digests.of_file(file, key)? {
            Hashed::Digest(digest) => Ok(digest == *actual),
            Hashed::TimedOut => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
