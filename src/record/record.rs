//! A record of any format, as it was read.

use std::path::PathBuf;

use serde::Serialize;

use super::discovery;
use super::finding::{Finding, shortened};
use super::named_daemon::NamedDaemon;
use super::pid_file::PidFile;
use super::schema::{CacheManifest, DaemonProcessMessage};
use crate::identity::{DaemonProcess, Endpoint, HostIdentity};
use crate::named::named;
use crate::platform::{FileStat, Ownership};
use crate::process::ProcessRecord;
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
        /// A [`ProcessRecord`] in JSON.
        ProcessRecord = "process_record",
        /// A PID in the first line of a text.
        PidFile = "pid_file",
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
            Self::ProcessRecord => "process record (JSON)",
            Self::PidFile => "PID file",
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
    /// A bare identity with the name of its service, or its host.
    Named(Box<NamedDaemon>),
    /// A running process, as it was looked at.
    Process(Box<ProcessRecord>),
    /// A number alone.
    PidFile(PidFile),
}

impl Content {
    /// Returns the recorded identity as written, if there is one.
    #[must_use]
    pub fn daemon_message(&self) -> Option<&DaemonProcessMessage> {
        match self {
            Self::Manifest(manifest) => manifest.current_daemon.as_ref(),
            Self::Daemon(message) => Some(message),
            Self::Named(named) => Some(&named.daemon),
            Self::Process(_) | Self::PidFile(_) => None,
        }
    }

    /// Returns the manifest, if the record is one.
    #[must_use]
    pub fn manifest(&self) -> Option<&CacheManifest> {
        match self {
            Self::Manifest(manifest) => Some(manifest),
            _ => None,
        }
    }

    /// Returns whether the record itself names a process: no other file is looked for.
    #[must_use]
    pub fn names_a_process(&self) -> bool {
        self.pid().is_some()
    }

    /// Returns the recorded process ID, if there is one.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        match self {
            Self::Manifest(_) | Self::Daemon(_) | Self::Named(_) => {
                self.daemon_message().map(|daemon| daemon.pid)
            }
            Self::Process(process) => Some(process.process.pid),
            Self::PidFile(file) => Some(file.pid),
        }
    }

    /// Returns the number in the record, if it is a PID file.
    #[must_use]
    pub fn number(&self) -> Option<PidFile> {
        match self {
            Self::PidFile(file) => Some(*file),
            _ => None,
        }
    }

    /// Returns the process record, if the record is one.
    #[must_use]
    pub fn process(&self) -> Option<&ProcessRecord> {
        match self {
            Self::Process(process) => Some(process),
            _ => None,
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
    /// Returns the recorded identity; `None` if the record names no daemon, is a process
    /// record, or breaks a rule, which [`Record::findings`] then describe.
    #[must_use]
    pub fn daemon(&self) -> Option<DaemonProcess> {
        DaemonProcess::try_from(self.content.daemon_message()?).ok()
    }

    /// Returns the host of the writer, if the record names it.
    #[must_use]
    pub fn host(&self) -> Option<HostIdentity> {
        match &self.content {
            Content::Manifest(manifest) => manifest.host.as_ref().map(HostIdentity::from),
            Content::Named(named) => named.host.as_ref().map(HostIdentity::from),
            Content::Daemon(_) | Content::PidFile(_) => None,
            Content::Process(process) => Some(process.host.clone()),
        }
    }

    /// Returns the name and version of the service; empty if the record has none.
    ///
    /// A bare identity may have no room for them. Then they are those that the path implies, if
    /// it is one at which a known daemon keeps its identity, such as `NAME.identity.json`.
    #[must_use]
    pub fn service(&self) -> (&str, &str) {
        let (name, version) = match &self.content {
            Content::Manifest(manifest) => (&*manifest.service_name, &*manifest.service_version),
            Content::Daemon(_) | Content::PidFile(_) => ("", ""),
            Content::Named(named) => (&*named.service_name, &*named.service_version),
            Content::Process(process) => (
                process.service_name.as_deref().unwrap_or_default(),
                process.service_version.as_deref().unwrap_or_default(),
            ),
        };
        match (&self.content, &self.path) {
            (Content::Daemon(_) | Content::Named(_), Some(path)) if name.is_empty() => {
                discovery::implied_service(path)
            }
            _ => (name, version),
        }
    }
}

impl From<&Record> for Target {
    /// Describes a record; fields that it neither states nor implies are `None`.
    fn from(record: &Record) -> Self {
        let daemon = record.content.daemon_message();
        let text = |text: &str| (!text.is_empty()).then(|| shortened(text.to_owned()));
        let (name, version) = record.service();
        let process = record.content.process();
        Self {
            record: record.path.as_ref().map(|path| path.display().to_string()),
            format: Some(record.format.name()),
            identity_file: None,
            service_name: text(name),
            service_version: text(version),
            pid: record.content.pid(),
            endpoint: daemon
                .and_then(|daemon| daemon.ipc_endpoint.as_ref())
                .map(Endpoint::from),
            listeners: process
                .map(ProcessRecord::listener_names)
                .unwrap_or_default(),
        }
    }
}
