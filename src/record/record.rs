//! A record of any format, as it was read.

use std::path::PathBuf;

use serde::Serialize;

use super::finding::{Finding, shortened};
use super::schema::{CacheManifest, DaemonProcessMessage};
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::named::named;
use crate::platform::{FileStat, Ownership};
use crate::report::Target;

named! {
    /// The format of a record.
    pub enum Format {
        /// A `CacheManifest` in protobuf.
        ManifestProtobuf = "manifest_protobuf",
        /// A `CacheManifest` in rpctl's JSON text form, or protobuf's JSON mapping.
        ManifestJson = "manifest_json",
        /// A bare `DaemonProcess` in JSON.
        SidecarJson = "sidecar_json",
        /// A bare `DaemonProcess` in protobuf.
        DaemonProtobuf = "daemon_protobuf",
    }
}

impl Format {
    /// Returns the description for sentences.
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

/// The message in a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// A manifest.
    Manifest(Box<CacheManifest>),
    /// A bare identity.
    Daemon(DaemonProcessMessage),
}

impl Content {
    /// Returns the recorded identity as written, if there is one.
    #[must_use]
    pub fn daemon_message(&self) -> Option<&DaemonProcessMessage> {
        match self {
            Self::Manifest(manifest) => manifest.current_daemon.as_ref(),
            Self::Daemon(message) => Some(message),
        }
    }

    /// Returns the manifest, if the record is one.
    #[must_use]
    pub fn manifest(&self) -> Option<&CacheManifest> {
        match self {
            Self::Manifest(manifest) => Some(manifest),
            Self::Daemon(_) => None,
        }
    }
}

/// A record and the faults found in it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Path of the file; `None` for standard input and for bytes from memory.
    pub path: Option<PathBuf>,
    /// Format of the file.
    pub format: Format,
    /// Message in the file.
    pub content: Content,
    /// Faults and suspicions; empty if there are none.
    pub findings: Vec<Finding>,
    /// Size in bytes.
    pub size: u64,
    /// Owner and mode of the file; `None` for a pipe and for bytes from memory.
    pub ownership: Option<Ownership>,
    /// File that was read; `None` for standard input and for bytes from memory.
    pub file: Option<FileStat>,
}

impl Record {
    /// Returns the recorded identity; `None` if the record names no daemon or
    /// breaks a rule, which [`Record::findings`] then describe.
    #[must_use]
    pub fn daemon(&self) -> Option<DaemonProcess> {
        DaemonProcess::try_from(self.content.daemon_message()?).ok()
    }

    /// Returns the host of the writer, if the record names it.
    #[must_use]
    pub fn host(&self) -> Option<HostIdentity> {
        let host = self.content.manifest()?.host.as_ref()?;
        Some(HostIdentity::from(host))
    }

    /// Returns the name and version of the service; empty if the record has none.
    #[must_use]
    pub fn service(&self) -> (&str, &str) {
        self.content.manifest().map_or(("", ""), |manifest| {
            (&manifest.service_name, &manifest.service_version)
        })
    }
}

impl From<&Record> for Target {
    /// Describes a record; fields that it does not state are `None`.
    fn from(record: &Record) -> Self {
        let daemon = record.content.daemon_message();
        let text = |text: &str| (!text.is_empty()).then(|| shortened(text.to_owned()));
        let (name, version) = record.service();
        Self {
            record: record.path.as_ref().map(|path| path.display().to_string()),
            format: Some(record.format.name()),
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
