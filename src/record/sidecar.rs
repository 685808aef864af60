//! The identity sidecar: a bare [`DaemonProcess`] as JSON, beside a PID file. This is
//! the serde form of the type.

use std::mem;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::lenient::{self, Object};
use super::named_daemon::NamedDaemon;
use super::record::Content;
use super::schema::{DaemonProcessMessage, EndpointMessage, HostMessage};
use crate::identity::{DaemonProcess, Digest, Endpoint};

/// Top-level keys that occur in a sidecar and never in a manifest.
pub(super) const DISTINGUISHING_KEYS: &[&str] =
    &["pid", "exe_path", "exePath", "ipc_endpoint", "ipcEndpoint"];

/// The JSON form of a [`NamedDaemon`].
#[derive(Serialize)]
pub(super) struct WrittenNamed<'a> {
    #[serde(flatten)]
    pub(super) daemon: DaemonProcess,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) service_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) service_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) host: Option<&'a HostMessage>,
}

#[derive(Serialize)]
struct WrittenSidecar<'a> {
    pid: u32,
    exe_path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exe_sha256: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exe_hash_algorithm: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exe_hash: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    legacy_exe_sha256: Option<Digest>,
    boot_id: &'a str,
    ipc_endpoint: &'a Endpoint,
    started_at_unix_ms: u64,
    idle_timeout_secs: Option<u32>,
}

impl Serialize for DaemonProcess {
    /// Writes each digest under the keys of every generation of readers.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let blake3 = self.exe_digest.blake3;
        WrittenSidecar {
            pid: self.pid,
            exe_path: self.exe_path.to_string_lossy().into_owned(),
            exe_sha256: self.exe_digest.sha256,
            exe_hash_algorithm: blake3.map(|_| "blake3"),
            exe_hash: blake3,
            legacy_exe_sha256: blake3.and(self.exe_digest.sha256),
            boot_id: &self.boot_id,
            ipc_endpoint: &self.ipc_endpoint,
            started_at_unix_ms: self.started_at_unix_ms,
            idle_timeout_secs: self.idle_timeout_secs,
        }
        .serialize(serializer)
    }
}

/// A sidecar of either generation, with keys in any order.
#[derive(Deserialize)]
pub(super) struct Sidecar {
    #[serde(deserialize_with = "lenient::uint32")]
    pid: u32,
    #[serde(alias = "exePath")]
    exe_path: String,
    #[serde(default, with = "lenient::bytes", alias = "exeSha256")]
    exe_sha256: Vec<u8>,
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        alias = "exeHashAlgorithm"
    )]
    exe_hash_algorithm: String,
    #[serde(default, with = "lenient::bytes", alias = "exeHash")]
    exe_hash: Vec<u8>,
    #[serde(default, with = "lenient::bytes", alias = "legacyExeSha256")]
    legacy_exe_sha256: Vec<u8>,
    #[serde(default, deserialize_with = "lenient::or_default", alias = "bootId")]
    boot_id: String,
    #[serde(default, deserialize_with = "lenient::message", alias = "ipcEndpoint")]
    ipc_endpoint: Option<EndpointMessage>,
    #[serde(
        default,
        deserialize_with = "lenient::uint64",
        alias = "startedAtUnixMs"
    )]
    started_at_unix_ms: u64,
    #[serde(
        default,
        deserialize_with = "lenient::optional_uint32",
        alias = "idleTimeoutSecs"
    )]
    idle_timeout_secs: Option<u32>,
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        alias = "serviceName"
    )]
    service_name: String,
    #[serde(
        default,
        deserialize_with = "lenient::or_default",
        alias = "serviceVersion"
    )]
    service_version: String,
    #[serde(default, deserialize_with = "lenient::message")]
    host: Option<HostMessage>,
}

impl From<Sidecar> for Content {
    fn from(mut sidecar: Sidecar) -> Self {
        let named = NamedDaemon {
            service_name: mem::take(&mut sidecar.service_name),
            service_version: mem::take(&mut sidecar.service_version),
            host: sidecar.host.take(),
            daemon: sidecar.into(),
        };
        if named.is_named() {
            Self::Named(Box::new(named))
        } else {
            Self::Daemon(named.daemon)
        }
    }
}

impl From<Sidecar> for DaemonProcessMessage {
    fn from(sidecar: Sidecar) -> Self {
        let exe_sha256 = if sidecar.exe_sha256.is_empty() {
            sidecar.legacy_exe_sha256
        } else {
            sidecar.exe_sha256
        };
        Self {
            pid: sidecar.pid,
            exe_path: sidecar.exe_path,
            exe_sha256,
            ipc_endpoint: sidecar.ipc_endpoint,
            started_at_unix_ms: sidecar.started_at_unix_ms,
            boot_id: sidecar.boot_id,
            idle_timeout_secs: sidecar.idle_timeout_secs,
            exe_hash_algorithm: sidecar.exe_hash_algorithm,
            exe_hash: sidecar.exe_hash,
        }
    }
}

impl<'de> Deserialize<'de> for DaemonProcess {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let message = DaemonProcessMessage::from(Object::<Sidecar>::deserialize(deserializer)?.0);
        Self::try_from(&message).map_err(serde::de::Error::custom)
    }
}
