//! The image that the recorded process runs, next to the recorded path.

use std::io;
use std::path::Path;

use super::evidence::{DigestEvidence, FoundImage, ImageEvidence, RecordedFile};
use super::hasher::Hashed;
use super::image_digests::ImageDigests;
use super::target_process::TargetProcess;
use crate::platform::{self, FileStat, Image, ImageError, PinnedProcess};

/// The image that a process ran when it was opened.
pub(super) struct RunningImage<'p> {
    process: &'p PinnedProcess,
    pub(super) image: Image,
}

impl<'p> RunningImage<'p> {
    /// Opens the image of `target`.
    ///
    /// # Errors
    ///
    /// The evidence that there is instead.
    pub(super) fn open(target: &'p TargetProcess) -> Result<Self, ImageEvidence> {
        let process = target.as_ref().map_err(|_| ImageEvidence::NotExamined)?;
        Self::of_process(process)
    }

    /// Opens the image of a process.
    ///
    /// # Errors
    ///
    /// The evidence that there is instead.
    pub(super) fn of_process(process: &'p PinnedProcess) -> Result<Self, ImageEvidence> {
        let image = process.image().map_err(ImageEvidence::Failed)?;
        Ok(Self { process, image })
    }

    /// Compares the image with the recorded path, unless the process runs another image
    /// by now: hashing takes time.
    pub(super) fn examine(
        &self,
        recorded: &Path,
        digests: &ImageDigests,
        digest: &DigestEvidence,
    ) -> ImageEvidence {
        let found = self.compare_names(recorded, digests, digest);
        match self.process.image_id() {
            Ok(now) if now != self.image.stat.id => ImageEvidence::Failed(ImageError::Changed),
            _ => ImageEvidence::Found(found),
        }
    }

    fn compare_names(
        &self,
        recorded: &Path,
        digests: &ImageDigests,
        digest: &DigestEvidence,
    ) -> FoundImage {
        let (process, link) = (self.process, self.image.link.as_deref());
        let recorded = self.name_of(recorded);
        let is_image =
            |stat: io::Result<FileStat>| stat.is_ok_and(|stat| stat.id == self.image.stat.id);
        let file = match platform::stat(recorded) {
            Ok(stat) if stat.id == self.image.stat.id => RecordedFile::Same,
            _ if is_image(process.stat_inside(recorded)) => RecordedFile::SameInside,
            Ok(stat) => match self.is_copied_to(recorded, stat, digest, digests) {
                Ok(true) => RecordedFile::Copy,
                Ok(false) => RecordedFile::Other,
                Err(error) => RecordedFile::Unreadable(error),
            },
            Err(error) => match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => RecordedFile::Missing,
                _ => RecordedFile::Unreadable(error),
            },
        };
        let is_other = matches!(
            digest,
            DigestEvidence::Computed { expected, actual, .. } if expected != actual
        );
        // Other names matter only if the recorded one is not that of the image.
        let is_same = matches!(file, RecordedFile::Same | RecordedFile::SameInside);
        let is_named = |path| is_image(platform::stat(path)) || is_image(process.stat_inside(path));
        FoundImage {
            link_is_current: is_same || link.is_some_and(is_named),
            link: link.map(Path::to_path_buf),
            is_unlinked: self.image.is_unlinked,
            resolved: (!is_same)
                .then(|| platform::resolved(recorded).ok())
                .flatten(),
            recorded: file,
            is_emulator: is_other && process.emulates(recorded, self.image.stat.id),
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
        if stat.size != self.image.stat.size || platform::attributes(path)?.kind.is_some() {
            return Ok(false);
        }
        let file = platform::readable(path)?;
        // The path may name another file than before.
        let key = (platform::known_attributes(&file.file)?.stat, *algorithm);
        match digests.of_file(file, key)? {
            Hashed::Digest(digest) => Ok(digest == *actual),
            Hashed::TimedOut => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}
