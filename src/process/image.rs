//! Whether a process still runs the recorded executable.

use std::fs::File;

use super::record::{ProcessRecord, RecordedExe, RecordedFile};
use crate::platform::{self, FileStat, ImageFile};

/// The minimum age of a change, in nanoseconds, beyond which a later change has another
/// time: far more than the tick of any supported file system.
const SETTLED_NS: i128 = 2_000_000_000;

/// The executable that a verified process runs now, compared with the recorded one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageState {
    /// The recorded file, with the same device, inode, size and times. Its content is the
    /// recorded one, so that the recorded digests need not be computed again.
    Unchanged,
    /// The recorded file, with the same device, inode, size and times, and these do not
    /// prove the content: its file system does not show every change, or the file had been
    /// changed in the two seconds before it was recorded. Linux: ext4, XFS and F2FS on
    /// hardware show every change.
    PerhapsUnchanged,
    /// Another file, or the recorded one with another content: the process has executed
    /// it since. It is the same process all the same.
    Changed(Box<RecordedExe>),
    /// The record does not describe the executable, or the caller may not look at it.
    Unknown,
}

/// The relation of a file to the recorded executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageAgreement {
    Unchanged,
    PerhapsUnchanged,
    Changed,
}

/// The recorded executable and the time of the record.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedImage {
    file: RecordedFile,
    recorded_at_unix_ms: u64,
}

impl ExpectedImage {
    /// Returns `None` if the record does not describe the executable.
    pub(super) fn of(record: &ProcessRecord) -> Option<Self> {
        let file = record.process.exe.as_ref()?.file?;
        Some(Self::new(file, record.recorded_at_unix_ms))
    }

    pub(crate) fn new(file: RecordedFile, recorded_at_unix_ms: u64) -> Self {
        Self {
            file,
            recorded_at_unix_ms,
        }
    }

    pub(super) fn state(&self, now: ImageFile) -> ImageState {
        match self.compare(&now.stat, &now.file) {
            ImageAgreement::Unchanged => ImageState::Unchanged,
            ImageAgreement::PerhapsUnchanged => ImageState::PerhapsUnchanged,
            ImageAgreement::Changed => ImageState::Changed(Box::new(RecordedExe::new(now))),
        }
    }

    /// Compares a file, and its attributes, with the recorded executable.
    pub(crate) fn compare(&self, stat: &FileStat, file: &File) -> ImageAgreement {
        if RecordedFile::new(stat) != Some(self.file) {
            return ImageAgreement::Changed;
        }
        let recorded_at_ns = i128::from(self.recorded_at_unix_ms) * 1_000_000;
        let is_settled = recorded_at_ns - stat.changed_ns >= SETTLED_NS;
        if is_settled && platform::ctime_is_reliable(file, stat.id.device) {
            ImageAgreement::Unchanged
        } else {
            ImageAgreement::PerhapsUnchanged
        }
    }

    /// Returns whether a file is the recorded one with the recorded content, as far as its
    /// attributes tell: its names and rights may have changed.
    pub(crate) fn has_content(&self, stat: &FileStat) -> bool {
        RecordedFile::new(stat).is_some_and(|now| {
            let changed_unix_ns = self.file.changed_unix_ns;
            RecordedFile {
                changed_unix_ns,
                ..now
            } == self.file
        })
    }
}
