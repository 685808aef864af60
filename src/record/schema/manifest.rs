//! The manifest of a service.

use serde::{Deserialize, Serialize};

use super::daemon::{DaemonProcessMessage, HostMessage};
use super::details::{CleanupPolicy, ManifestRef, ObservabilityInfo, Operation};
use super::root::CacheRoot;
use crate::record::lenient;

/// The media type of every v1 manifest.
pub const MEDIA_TYPE: &str = "application/vnd.running-process.cache-manifest.v1";

/// The newest `manifest_schema_version` that this library reads.
pub const SCHEMA_VERSION: u32 = 1;

/// The file name of a manifest in a cache root.
pub const ROOT_MANIFEST_FILE: &str = ".running-process-manifest.pb";

/// The manifest of a service: its identity, its directories, its cleanup policy.
///
/// Times are in milliseconds since the Unix epoch, sizes in bytes. Map entries are
/// sorted, so that encoding is deterministic.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheManifest {
    /// Version of the schema, at most [`SCHEMA_VERSION`]; a larger one is too new.
    #[prost(uint32, tag = "100")]
    #[serde(deserialize_with = "lenient::uint32", alias = "manifestSchemaVersion")]
    pub manifest_schema_version: u32,
    /// Media type; [`MEDIA_TYPE`] in every v1 manifest.
    #[prost(string, tag = "101")]
    #[serde(deserialize_with = "lenient::or_default", alias = "mediaType")]
    pub media_type: String,
    /// SHA-256 of the encoded message without this field: a checksum, not a
    /// signature.
    #[prost(bytes = "vec", tag = "102")]
    #[serde(
        with = "lenient::bytes",
        alias = "selfSha256",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub self_sha256: Vec<u8>,
    /// Name of the service, `[a-z0-9-]{1,64}`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "serviceName")]
    pub service_name: String,
    /// Version of the service, `N.N.N` with an optional `-[a-z0-9.]+`.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "serviceVersion")]
    pub service_version: String,
    /// Version of the broker envelope, `"v1"`.
    #[prost(string, tag = "3")]
    #[serde(
        deserialize_with = "lenient::or_default",
        alias = "brokerEnvelopeVersion"
    )]
    pub broker_envelope_version: String,
    /// Time of the first writing.
    #[prost(uint64, tag = "4")]
    #[serde(deserialize_with = "lenient::uint64", alias = "createdAtUnixMs")]
    pub created_at_unix_ms: u64,
    /// Time of the last activity of the service.
    #[prost(uint64, tag = "5")]
    #[serde(deserialize_with = "lenient::uint64", alias = "lastActiveUnixMs")]
    pub last_active_unix_ms: u64,
    /// Directories and files of the service.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "lenient::messages")]
    pub roots: Vec<CacheRoot>,
    /// Identity of the running daemon, if the service records it here.
    #[prost(message, optional, tag = "20")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "currentDaemon"
    )]
    pub current_daemon: Option<DaemonProcessMessage>,
    /// Rules for the removal of the roots.
    #[prost(message, optional, tag = "30")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "cleanupPolicy"
    )]
    pub cleanup_policy: Option<CleanupPolicy>,
    /// Broker instance of the service.
    #[prost(string, tag = "40")]
    #[serde(deserialize_with = "lenient::or_default", alias = "brokerInstance")]
    pub broker_instance: String,
    /// Services that this service needs.
    #[prost(message, repeated, tag = "50")]
    #[serde(deserialize_with = "lenient::messages", alias = "dependsOn")]
    pub depends_on: Vec<ManifestRef>,
    /// Capabilities of the service.
    #[prost(string, repeated, tag = "51")]
    #[serde(deserialize_with = "lenient::list")]
    pub provides: Vec<String>,
    /// Metrics, log and health check of the service.
    #[prost(message, optional, tag = "60")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub observability: Option<ObservabilityInfo>,
    /// Installer bundle of the service.
    #[prost(string, tag = "70")]
    #[serde(deserialize_with = "lenient::or_default", alias = "bundleId")]
    pub bundle_id: String,
    /// Host of the writer.
    #[prost(message, optional, tag = "103")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub host: Option<HostMessage>,
    /// Long operation in progress.
    #[prost(message, optional, tag = "104")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "currentOperation"
    )]
    pub current_operation: Option<Operation>,
    /// Time of expiry; 0 stands for none.
    #[prost(uint64, tag = "105")]
    #[serde(deserialize_with = "lenient::uint64", alias = "validUntilUnixMs")]
    pub valid_until_unix_ms: u64,
}

/// Returns whether `broker_envelope_version` names a schema generation, such as
/// `v1`.
pub(in crate::record) fn names_a_schema(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
