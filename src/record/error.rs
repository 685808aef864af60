//! Why a record could not be read.

use std::io;
use std::path::PathBuf;

use super::limits::{MAX_ELEMENTS, MAX_RECORD_BYTES};
use crate::platform::{self, FileKind};

/// What keeps a file from being read as a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    NotFound(PathBuf),
    /// A directory, FIFO, socket or device: refused before reading.
    #[error("{} is a {kind}, not a regular file", path.display())]
    NotRegular {
        /// What was named.
        path: PathBuf,
        /// What it is.
        kind: FileKind,
    },
    /// Larger than [`MAX_RECORD_BYTES`].
    #[error("the record is larger than {} KiB", MAX_RECORD_BYTES / 1024)]
    TooLarge,
    /// A list or a map with more than [`MAX_ELEMENTS`] elements; where.
    #[error("{0}: more than {MAX_ELEMENTS} elements")]
    TooManyElements(String),
    /// Opening or reading failed.
    #[error("cannot read {what}: {source}")]
    Io {
        /// The file, or "standard input".
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing in it.
    #[error("the record is empty")]
    Empty,
    /// Malformed JSON, or JSON of another shape.
    #[error("line {line}, column {column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
        /// The line, or the part of it around the column.
        excerpt: String,
    },
    /// Malformed protobuf.
    #[error("not a readable protobuf record: {0}")]
    Protobuf(String),
    /// A manifest of another schema generation.
    #[error("this is a {0:?} manifest; only v1 is supported")]
    UnsupportedSchema(String),
    /// Neither JSON nor a known protobuf message.
    #[error("neither JSON nor a protobuf record of a daemon")]
    UnknownFormat,
}

impl LoadError {
    /// A stable code in `snake_case`, for reports.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::NotRegular { .. } => "not_regular",
            Self::TooLarge => "too_large",
            Self::TooManyElements(_) => "too_many_elements",
            Self::Io { .. } => "io",
            Self::Empty => "empty",
            Self::Json { .. } => "json",
            Self::Protobuf(_) => "protobuf",
            Self::UnsupportedSchema(_) => "unsupported_schema",
            Self::UnknownFormat => "unknown_format",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::NotFound(_) => {
                "check the path; rpctl list shows the records of your registry".to_owned()
            }
            Self::NotRegular { .. } => {
                "name the record file itself, or pipe the record in and name it -".to_owned()
            }
            Self::TooLarge => {
                "records are a few hundred bytes; this is some other file".to_owned()
            }
            Self::TooManyElements(_) => {
                "daemons name a few of each; have the daemon write its record again".to_owned()
            }
            Self::Io { source, .. } if platform::is_out_of_descriptors(source) => {
                "allow more open files (ulimit -n), or name fewer records at once".to_owned()
            }
            Self::Io { .. } => "check the permissions of the file and of its directories".to_owned(),
            Self::Empty => "the writer was interrupted, or nothing was piped in; have the daemon write its record again".to_owned(),
            Self::Json { excerpt, .. } if !excerpt.is_empty() => {
                format!("correct this line, or have the daemon write the file again: {excerpt}")
            }
            Self::Json { .. } => "correct the file, or have the daemon write it again".to_owned(),
            Self::Protobuf(_) => "the file was cut off or damaged; have the daemon write it again".to_owned(),
            Self::UnsupportedSchema(_) => "name the daemon's v1 record, or its identity sidecar".to_owned(),
            Self::UnknownFormat => "name a .pb manifest, a JSON manifest or an identity sidecar".to_owned(),
        }
    }
}
