//! A record of any of the four formats, as it was read.

use std::path::PathBuf;

use super::finding::{Finding, shortened};
use super::schema::{CacheManifest, DaemonProcessMessage};
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::named::named;
use crate::platform::{FileStat, Trust};
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
        let text = |text: &str| (!text.is_empty()).then(|| shortened(text.to_owned()));
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
