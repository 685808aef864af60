//! An identity, its endpoint and its host.

use serde::{Deserialize, Serialize};

use crate::record::lenient;

/// The wire form of [`crate::identity::DaemonProcess`].
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct DaemonProcessMessage {
    /// Process ID in the PID namespace of the writer.
    #[prost(uint32, tag = "1")]
    #[serde(deserialize_with = "lenient::uint32")]
    pub pid: u32,
    /// Absolute path of the executable at start.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "exePath")]
    pub exe_path: String,
    /// SHA-256 of the executable; empty or all zero if not supplied.
    #[prost(bytes = "vec", tag = "3")]
    #[serde(
        with = "lenient::bytes",
        alias = "exeSha256",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub exe_sha256: Vec<u8>,
    /// Endpoint of the daemon.
    #[prost(message, optional, tag = "4")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "ipcEndpoint"
    )]
    pub ipc_endpoint: Option<EndpointMessage>,
    /// Time of the record, in milliseconds since the Unix epoch.
    #[prost(uint64, tag = "5")]
    #[serde(deserialize_with = "lenient::uint64", alias = "startedAtUnixMs")]
    pub started_at_unix_ms: u64,
    /// Boot ID of the host at start.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "lenient::or_default", alias = "bootId")]
    pub boot_id: String,
    /// Idle time after which the daemon exits, in seconds.
    #[prost(uint32, optional, tag = "7")]
    #[serde(
        deserialize_with = "lenient::optional_uint32",
        alias = "idleTimeoutSecs",
        skip_serializing_if = "Option::is_none"
    )]
    pub idle_timeout_secs: Option<u32>,
    /// Algorithm of [`Self::exe_hash`]: `"blake3"` in records of the BLAKE3
    /// generation.
    #[prost(string, tag = "8")]
    #[serde(
        deserialize_with = "lenient::or_default",
        alias = "exeHashAlgorithm",
        skip_serializing_if = "String::is_empty"
    )]
    pub exe_hash_algorithm: String,
    /// Digest by that algorithm; empty or all zero if not supplied.
    #[prost(bytes = "vec", tag = "9")]
    #[serde(
        with = "lenient::bytes",
        alias = "exeHash",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub exe_hash: Vec<u8>,
}

/// The wire form of [`crate::identity::Endpoint`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct EndpointMessage {
    /// Label chosen by the daemon.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "namespaceId")]
    pub namespace_id: String,
    /// Socket path or pipe name.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default")]
    pub path: String,
}

/// The wire form of [`crate::identity::HostIdentity`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct HostMessage {
    /// Host name.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default")]
    pub hostname: String,
    /// ID of the installed system.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "machineId")]
    pub machine_id: String,
    /// ID of the boot.
    #[prost(string, tag = "3")]
    #[serde(deserialize_with = "lenient::or_default", alias = "bootId")]
    pub boot_id: String,
    /// Device number of the file system of the record.
    #[prost(uint64, tag = "4")]
    #[serde(deserialize_with = "lenient::uint64", alias = "fsDevId")]
    pub fs_dev_id: u64,
    /// Mount and PID namespace of the writer; Linux only.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "lenient::or_default", alias = "namespaceId")]
    pub namespace_id: String,
}
