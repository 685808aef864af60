//! Whether a process still runs the recorded executable.

use super::record::{ProcessRecord, RecordedExe, RecordedFile};
use crate::platform::{self, ImageFile};

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

/// The recorded executable and the time of the record.
#[derive(Clone, Debug)]
pub(super) struct ExpectedImage {
    file: RecordedFile,
    recorded_at_unix_ms: u64,
}

impl ExpectedImage {
    /// Returns `None` if the record does not describe the executable.
    pub(super) fn of(record: &ProcessRecord) -> Option<Self> {
        Some(Self {
            file: record.process.exe.as_ref()?.file?,
            recorded_at_unix_ms: record.recorded_at_unix_ms,
        })
    }

    pub(super) fn compare(&self, now: ImageFile) -> ImageState {
        let file = RecordedFile::new(&now.stat);
        if file != Some(self.file) {
            return ImageState::Changed(Box::new(RecordedExe::new(now)));
        }
        let recorded_at_ns = i128::from(self.recorded_at_unix_ms) * 1_000_000;
        let is_settled = recorded_at_ns - now.stat.changed_ns >= SETTLED_NS;
        if is_settled && platform::ctime_is_reliable(&now.file, now.stat.id.device) {
            ImageState::Unchanged
        } else {
            ImageState::PerhapsUnchanged
        }
    }
}
