//! A record of any of the four formats, as it was read, or why it could not be.

use std::io;
use std::path::PathBuf;

use super::integrity::{self, Finding};
use super::schema::{CacheManifest, DaemonProcessMessage};
use super::{MAX_ELEMENTS, MAX_RECORD_BYTES, json, protobuf};
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::named::named;
use crate::platform::{self, FileKind, FileStat, Trust};
use crate::report::Target;

named! {
    /// How a record was written.
    pub enum Format {
        /// A `CacheManifest` in protobuf.
        ManifestProtobuf = "manifest_protobuf",
        /// A `CacheManifest` in rpctl's JSON text form, or protobuf's JSON mapping.
        ManifestJson = "manifest_json",
        /// One bare `DaemonProcess` in JSON.
        SidecarJson = "sidecar_json",
        /// One bare `DaemonProcess` in protobuf.
        DaemonProtobuf = "daemon_protobuf",
    }
}

impl Format {
    /// The name in sentences.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::ManifestProtobuf => "cache manifest (protobuf)",
            Self::ManifestJson => "cache manifest (JSON)",
            Self::SidecarJson => "identity sidecar (JSON)",
            Self::DaemonProtobuf => "daemon record (protobuf)",
        }
    }
}

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A whole manifest.
    Manifest(Box<CacheManifest>),
    /// An identity alone.
    Daemon(DaemonProcessMessage),
}

impl Content {
    /// The recorded identity as written, if there is one.
    #[must_use]
    pub fn daemon_message(&self) -> Option<&DaemonProcessMessage> {
        match self {
            Self::Manifest(manifest) => manifest.current_daemon.as_ref(),
            Self::Daemon(message) => Some(message),
        }
    }

    /// The manifest, if the record is one.
    #[must_use]
    pub fn manifest(&self) -> Option<&CacheManifest> {
        match self {
            Self::Manifest(manifest) => Some(manifest),
            Self::Daemon(_) => None,
        }
    }
}

/// A record as it was read, with everything found wrong about it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// The file; `None` for standard input and for bytes from memory.
    pub path: Option<PathBuf>,
    /// How it was written.
    pub format: Format,
    /// What it says.
    pub content: Content,
    /// What is wrong or suspicious about it; empty when nothing is.
    pub findings: Vec<Finding>,
    /// Size in bytes.
    pub size: u64,
    /// Owner and mode of the file; `None` for standard input and for bytes from
    /// memory.
    pub trust: Option<Trust>,
    /// Which file was read; `None` where there is none.
    pub file: Option<FileStat>,
}

impl Record {
    /// The recorded identity; `None` when the record names no daemon or breaks
    /// a rule (then [`Record::findings`] says which).
    #[must_use]
    pub fn daemon(&self) -> Option<DaemonProcess> {
        DaemonProcess::try_from(self.content.daemon_message()?).ok()
    }

    /// The host the record was written on, where it says so.
    #[must_use]
    pub fn host(&self) -> Option<HostIdentity> {
        self.content
            .manifest()?
            .host
            .as_ref()
            .map(HostIdentity::from)
    }

    /// The name and version of the service; empty when the record has none.
    #[must_use]
    pub fn service(&self) -> (&str, &str) {
        self.content.manifest().map_or(("", ""), |manifest| {
            (&manifest.service_name, &manifest.service_version)
        })
    }

    /// What a report calls this record; what the record does not say is `None`.
    #[must_use]
    pub fn target(&self) -> Target {
        let daemon = self.content.daemon_message();
        let text = |text: &str| (!text.is_empty()).then(|| integrity::shortened(text.to_owned()));
        let (name, version) = self.service();
        Target {
            manifest: self.path.as_ref().map(|path| path.display().to_string()),
            format: Some(self.format.name()),
            identity_file: None,
            service_name: text(name),
            service_version: text(version),
            pid: daemon.map(|daemon| daemon.pid),
            endpoint: daemon
                .and_then(|daemon| daemon.ipc_endpoint.as_ref())
                .map(Endpoint::from),
        }
    }
}

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

/// Read a record from memory.
///
/// # Errors
///
/// See [`LoadError`].
pub fn load_bytes(bytes: &[u8]) -> Result<Record, LoadError> {
    let size = bytes.len() as u64;
    if size > MAX_RECORD_BYTES {
        return Err(LoadError::TooLarge);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (format, content) = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(LoadError::Empty),
        Some(b'{') => json::parse(text)?,
        // A quotation mark may also be the length of a service name.
        Some(first) => protobuf::parse(bytes).map_err(|error| match (error, first) {
            (LoadError::UnknownFormat, b'[' | b'"') => not_an_object(text),
            (error, _) => error,
        })?,
    };
    Ok(Record {
        path: None,
        findings: integrity::findings(format, &content, bytes),
        format,
        content,
        size,
        trust: None,
        file: None,
    })
}

fn not_an_object(text: &[u8]) -> LoadError {
    match json::parse(text) {
        Err(error) => error,
        Ok(_) => LoadError::UnknownFormat,
    }
}
