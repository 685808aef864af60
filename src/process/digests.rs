//! The digests of the executable of a recorded process.

use std::io;

use super::record::{ProcessRecord, RecordedFile};
use super::verify_error::{Gone, VerifyError};
use crate::digest;
use crate::identity::DigestAlgorithm;
use crate::platform::{ImageError, MissingRight};

/// An error that prevents the executable of a recorded process from being hashed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// The recorded process does not run any more, or this is unknown.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The caller may not look at the executable.
    #[error("not permitted to look at the executable of PID {pid}: {missing}")]
    NotPermitted {
        /// PID of the process.
        pid: u32,
        /// The right that is missing.
        missing: MissingRight,
    },
    /// The record does not describe the executable.
    #[error("the record does not describe the executable")]
    NotRecorded,
    /// The process has executed another file since it was recorded, or the file was
    /// changed.
    #[error("the process runs another executable than the recorded one")]
    Changed,
    /// The executable cannot be opened or read.
    #[error("cannot read the executable: {0}")]
    Read(#[source] io::Error),
}

impl ProcessRecord {
    /// Adds SHA-256 and BLAKE3 of the running executable, in one pass over the file that is
    /// recorded. Takes as long as reading it takes; a file system that does not answer for
    /// half a second is an error.
    ///
    /// # Errors
    ///
    /// [`DigestError`], also if the process has exited or executed another file before the
    /// digests were complete.
    pub fn with_digests(mut self) -> Result<Self, DigestError> {
        let process = self.verify()?;
        let pid = process.pid();
        let image = process.open_image().map_err(|error| match error {
            ImageError::Denied(missing) => DigestError::NotPermitted { pid, missing },
            ImageError::Gone => VerifyError::Gone(Gone::Exited).into(),
            ImageError::Io(error) => DigestError::Read(error),
            error => DigestError::Read(io::Error::other(error)),
        })?;
        let exe = self.process.exe.as_mut().ok_or(DigestError::NotRecorded)?;
        let recorded = exe.file.ok_or(DigestError::NotRecorded)?;
        if RecordedFile::new(&image.stat) != Some(recorded) {
            return Err(DigestError::Changed);
        }
        let digests =
            digest::of_readable(image.file, DigestAlgorithm::ALL).map_err(DigestError::Read)?;
        let now = process.image_now();
        if !process.is_alive() {
            return Err(VerifyError::Gone(Gone::Exited).into());
        }
        if now.map_err(DigestError::Read)? != Some(recorded) {
            return Err(DigestError::Changed);
        }
        (exe.sha256, exe.blake3) = (digests.sha256, digests.blake3);
        Ok(self)
    }
}
