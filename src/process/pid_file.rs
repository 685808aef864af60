//! The process that a PID file names.

use std::path::{Path, PathBuf};

use super::capture::{CaptureError, pin};
use super::fields::is_pid;
use super::file::{FileContent, RecordFileError, read_file};
use super::file_times::{FileTimes, StartOrder, Written};
use super::record::ProcessRecord;
use super::sole_user::sole_user;
use super::trust::Trust;
use crate::platform::UserId;

/// The reasons that the process of a PID file is not recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PidFileError {
    /// The file cannot be read, or others could have written it.
    #[error(transparent)]
    File(#[from] RecordFileError),
    /// The first line of the file is not a decimal PID.
    #[error("{} is not a PID file: its first line is not a decimal process ID", .0.display())]
    Malformed(PathBuf),
    /// The file is older than this boot, or than the process that has the number now.
    #[error("{} is stale: {why}", path.display())]
    Stale {
        /// Path of the file.
        path: PathBuf,
        /// The number in it.
        pid: u32,
        /// The proof.
        why: StalePidFile,
    },
    /// The file is dated in the future, or older than the process by less than a second: the
    /// clock was set, or the number was reused.
    #[error("whether {} is stale cannot be told by its times", .0.display())]
    TimeUnusable(PathBuf),
    /// The process cannot be recorded.
    #[error(transparent)]
    Capture(#[from] CaptureError),
}

/// The proof that the number in a PID file means nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StalePidFile {
    /// The file was written before this boot.
    #[error("it was written before this boot")]
    Rebooted,
    /// The process that has the number now started after the file was written.
    #[error("PID {pid} is that of another process now, which started after it was written")]
    Reused {
        /// The number in the file.
        pid: u32,
    },
}

impl ProcessRecord {
    /// Records the process whose PID is in the first line of a file, as [`Self::from_pid`]
    /// does. The number must not be older than the process, by the times of the file, which
    /// prove that it was reused but never that it was not.
    ///
    /// With [`Trust::Required`], a file is refused that users could have written other than
    /// the caller, root, and the user of that process.
    ///
    /// # Errors
    ///
    /// [`PidFileError`].
    pub fn from_pid_file(path: &Path, trust: Trust) -> Result<Self, PidFileError> {
        let content = read_file(path)?;
        let pid =
            parse_pid(&content.bytes).ok_or_else(|| PidFileError::Malformed(path.to_owned()))?;
        let stale = |why| PidFileError::Stale {
            path: path.to_owned(),
            pid,
            why,
        };
        let times = FileTimes::new(Some(&content.stat));
        if matches!(times.written(), Written::Restored | Written::EarlierBoot) {
            return Err(stale(StalePidFile::Rebooted));
        }
        let process = pin(pid)?;
        if trust == Trust::Required {
            // That user gains nothing by a file that names this process.
            content.require_trust(path, sole_user(&process))?;
        }
        let record = Self::of_pinned(&process)?;
        let status = process.status().map_err(CaptureError::from)?;
        match times.order(status.started_at_unix_ms) {
            Some(StartOrder::Before) => Ok(record),
            Some(StartOrder::After) => Err(stale(StalePidFile::Reused { pid })),
            Some(StartOrder::Close) | None => Err(PidFileError::TimeUnusable(path.to_owned())),
        }
    }
}

/// Returns the PID in the first line of a file.
pub(crate) fn parse_pid(bytes: &[u8]) -> Option<u32> {
    let line = bytes.split(|&byte| byte == b'\n').next()?.trim_ascii();
    let is_decimal = !line.is_empty() && line.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(line).ok().filter(|_| is_decimal)?;
    number.parse().ok().filter(|&pid| is_pid(pid))
}

impl FileContent {
    /// Refuses a file that others than the caller, root and `trusted` could have written.
    fn require_trust(&self, path: &Path, trusted: Option<UserId>) -> Result<(), RecordFileError> {
        self.distrust(path, |writer| {
            writer.user.is_some() && writer.user == trusted
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_a_decimal_number_and_no_other() {
        for (text, pid) in [
            ("4242\n", Some(4242)),
            ("  4242 \r\n/data\n5432\n", Some(4242)),
            ("4242", Some(4242)),
            ("", None),
            ("\n4242\n", None),
            ("0\n", None),
            ("+1\n", None),
            ("-1\n", None),
            ("0x10\n", None),
            ("4242 4243\n", None),
            ("4294967295\n", None),
            ("99999999999999999999\n", None),
        ] {
            assert_eq!(parse_pid(text.as_bytes()), pid, "{text:?}");
        }
    }
}
