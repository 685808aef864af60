//! Process records in files.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::object::Object;
use super::record::ProcessRecord;
use super::trust::Trust;
use crate::platform::{self, Durability, FileKind, PathChecks, Writer};

/// The largest file that is read as a process record, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// An error that prevents a process record from being written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFileError {
    /// The file cannot be created, opened or read.
    #[error("cannot access {}: {source}", path.display())]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// Error of the system; of the kind [`io::ErrorKind::NotFound`] if there is no
        /// such file.
        source: io::Error,
    },
    /// The path is that of a directory, FIFO, socket or device, which is not opened.
    #[error("{} is a {kind}, not a regular file", path.display())]
    NotRegular {
        /// Path of the file.
        path: PathBuf,
        /// Kind of the file.
        kind: FileKind,
    },
    /// The file is larger than 1 MiB.
    #[error("{} is too large for a process record", .0.display())]
    TooLarge(PathBuf),
    /// The file is not a process record, or one of another version.
    #[error("{} is not a process record: {source}", path.display())]
    Format {
        /// Path of the file.
        path: PathBuf,
        /// Description of the fault.
        source: serde_json::Error,
    },
    /// Users other than the caller and root could have written or replaced the file.
    #[error("{} cannot be trusted: {reason}", path.display())]
    Untrusted {
        /// Path of the file.
        path: PathBuf,
        /// The ways in which others could have written it.
        reason: String,
    },
}

impl ProcessRecord {
    /// Writes the record to `path` atomically: readers see the old file or the new one.
    ///
    /// Unix: the file has mode 0600, and missing directories are created with mode 0700;
    /// existing directories keep their mode. The file is not synchronised with the disk: a
    /// crash of the system ends the process as well.
    ///
    /// # Errors
    ///
    /// [`RecordFileError::Io`].
    pub fn save(&self, path: &Path) -> Result<(), RecordFileError> {
        let failed = |source| RecordFileError::Io {
            path: path.to_owned(),
            source,
        };
        let mut record = self.clone();
        let directory = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        platform::create_private_dir(directory).map_err(failed)?;
        record.host.fs_dev_id = platform::fs_device(directory);
        let mut text = serde_json::to_vec_pretty(&record).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        platform::replace_file(path, &text, Durability::ThisBoot).map_err(failed)
    }

    /// Reads the record in the file at `path`. Symbolic links are followed.
    ///
    /// With [`Trust::Required`], a file is refused that users other than the caller and
    /// root could have written or replaced: they could name any process in it. Permission
    /// bits, access control lists, and the directories and links on the path are examined
    /// on the way to the file that is read.
    ///
    /// # Errors
    ///
    /// [`RecordFileError`].
    pub fn load(path: &Path, trust: Trust) -> Result<Self, RecordFileError> {
        let (bytes, writers) = read_file(path)?;
        if trust == Trust::Required && !writers.is_empty() {
            let reasons: Vec<&str> = writers.iter().map(|writer| &*writer.reason).collect();
            return Err(RecordFileError::Untrusted {
                path: path.to_owned(),
                reason: reasons.join("; "),
            });
        }
        let object: Result<Object<Self>, _> = serde_json::from_slice(&bytes);
        object
            .map(|object| object.0)
            .map_err(|source| RecordFileError::Format {
                path: path.to_owned(),
                source,
            })
    }
}

/// Reads a regular file, at most as large as a record. Returns its content, and the users other
/// than the caller and root who could have written it.
fn read_file(path: &Path) -> Result<(Vec<u8>, Vec<Writer>), RecordFileError> {
    let read = || match PathChecks::default().open(path)? {
        Err(kind) => Ok(Err(kind)),
        Ok(opened) => {
            let mut bytes = Vec::new();
            let mut bounded = opened.file.take(MAX_BYTES + 1);
            bounded.read_to_end(&mut bytes)?;
            Ok(Ok((bytes, opened.writers)))
        }
    };
    let failed = |source| RecordFileError::Io {
        path: path.to_owned(),
        source,
    };
    let content = platform::guarded(read, read).map_err(failed)?;
    let (bytes, writers) = content.map_err(|kind| RecordFileError::NotRegular {
        path: path.to_owned(),
        kind,
    })?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(RecordFileError::TooLarge(path.to_owned()));
    }
    Ok((bytes, writers))
}
