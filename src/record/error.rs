//! Why a record could not be read, and how large it may be.

use std::io;
use std::path::PathBuf;

use crate::platform::{self, FileKind};
use crate::process;

/// The largest file that is read as a record, in bytes.
pub const MAX_RECORD_BYTES: u64 = 1 << 20;

/// The most elements that a list or a map of a record may have.
pub const MAX_ELEMENTS: usize = process::MAX_ELEMENTS;

/// An error that prevents a file from being read as a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file does not exist.
    #[error("there is no file {}", .0.display())]
    NotFound(PathBuf),
    /// The path is that of a directory, FIFO, socket or device, which is not opened.
    #[error("{} is a {kind}, not a regular file", path.display())]
    NotRegular {
        /// Path of the file.
        path: PathBuf,
        /// Kind of the file.
        kind: FileKind,
    },
    /// The file is larger than [`MAX_RECORD_BYTES`].
    #[error("the record is larger than {} KiB", MAX_RECORD_BYTES / 1024)]
    TooLarge,
    /// The list or map of this name, or at this place, has more than
    /// [`MAX_ELEMENTS`] elements.
    #[error("{0}: more than {MAX_ELEMENTS} elements")]
    TooManyElements(String),
    /// The file cannot be opened or read.
    #[error("cannot read {what}: {source}")]
    Io {
        /// Path of the file, or "standard input".
        what: String,
        /// Error of the system.
        source: io::Error,
    },
    /// The file is empty.
    #[error("the record is empty")]
    Empty,
    /// The file is malformed JSON, or JSON that is no record.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// Description of the fault.
        message: String,
        /// Line of the fault, shortened around the column.
        excerpt: String,
    },
    /// The file is malformed protobuf.
    #[error("not a readable protobuf record: {0}")]
    Protobuf(String),
    /// The file is a manifest of another schema generation.
    #[error("this is a {0:?} manifest; only v1 is supported")]
    UnsupportedSchema(String),
    /// The file is a process record of another version.
    #[error("this is a process record of version {0}; only version 1 is supported")]
    UnsupportedVersion(u32),
    /// The first line resembles a process ID and is none.
    #[error("the first line is {line:?}, and {message}")]
    Pid {
        /// The first line, without the blanks around it.
        line: String,
        /// Description of the fault.
        message: &'static str,
    },
    /// The file is neither JSON nor a known protobuf message nor a PID file.
    #[error("neither JSON nor a protobuf record of a daemon nor a PID file")]
    UnknownFormat,
}

impl LoadError {
    /// Returns whether the file system of the record does not answer, so that nothing is
    /// known of the record.
    #[must_use]
    pub fn is_hang(&self) -> bool {
        matches!(self, Self::Io { source, .. } if platform::is_hang(source))
    }

    /// Returns whether the system did not let the file be read, so that nothing is known of
    /// the record: for lack of permission, descriptors or memory, or because of a fault of
    /// the disk. A path that can lead to no file is another matter.
    #[must_use]
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::Io { source, .. } if !platform::leads_nowhere(source))
    }

    /// Returns a stable code in `snake_case`, for reports.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::NotRegular { .. } => "not_regular",
            Self::TooLarge => "too_large",
            Self::TooManyElements(_) => "too_many_elements",
            _ if self.is_hang() => "file_system_hangs",
            Self::Io { .. } => "io",
            Self::Empty => "empty",
            Self::Json { .. } => "json",
            Self::Protobuf(_) => "protobuf",
            Self::UnsupportedSchema(_) | Self::UnsupportedVersion(_) => "unsupported_schema",
            Self::Pid { .. } => "pid",
            Self::UnknownFormat => "unknown_format",
        }
    }
}
