//! The manifest of a service.

use serde::{Deserialize, Serialize};

use super::daemon::{DaemonProcessMessage, HostMessage};
use super::enums::OperationKind;
use super::root::CacheRoot;
use crate::record::lenient::{self, Named};

/// The media type every v1 manifest names.
pub const MEDIA_TYPE: &str = "application/vnd.running-process.cache-manifest.v1";

/// The newest `manifest_schema_version` this library understands.
pub const SCHEMA_VERSION: u32 = 1;

/// Name of the manifest a daemon may keep in its cache root.
pub const ROOT_MANIFEST_FILE: &str = ".running-process-manifest.pb";

/// A daemon's manifest: who it is, where it keeps things, how to clean up.
///
/// Times are milliseconds since the Unix epoch, sizes are bytes. Map entries are
/// kept sorted, so that encoding is deterministic.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheManifest {
    /// Version of this schema; 1 today, larger means too new to be understood.
    #[prost(uint32, tag = "100")]
    #[serde(with = "lenient::uint32", alias = "manifestSchemaVersion")]
    pub manifest_schema_version: u32,
    /// [`MEDIA_TYPE`].
    #[prost(string, tag = "101")]
    #[serde(deserialize_with = "lenient::or_default", alias = "mediaType")]
    pub media_type: String,
    /// SHA-256 over the encoded message without this field: a checksum, not a
    /// signature.
    #[prost(bytes = "vec", tag = "102")]
    #[serde(
        with = "lenient::bytes",
        alias = "selfSha256",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub self_sha256: Vec<u8>,
    /// The service that wrote this, `[a-z0-9-]{1,64}`.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "serviceName")]
    pub service_name: String,
    /// Its version, `N.N.N` with an optional `-[a-z0-9.]+`.
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
    /// When the manifest was first written.
    #[prost(uint64, tag = "4")]
    #[serde(with = "lenient::uint64", alias = "createdAtUnixMs")]
    pub created_at_unix_ms: u64,
    /// When the service last said it was active.
    #[prost(uint64, tag = "5")]
    #[serde(with = "lenient::uint64", alias = "lastActiveUnixMs")]
    pub last_active_unix_ms: u64,
    /// The directories (or files) the service owns.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "lenient::messages")]
    pub roots: Vec<CacheRoot>,
    /// The running daemon, where the service records it here.
    #[prost(message, optional, tag = "20")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "currentDaemon"
    )]
    pub current_daemon: Option<DaemonProcessMessage>,
    /// When cleaners may remove what.
    #[prost(message, optional, tag = "30")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "cleanupPolicy"
    )]
    pub cleanup_policy: Option<CleanupPolicy>,
    /// Which broker instance the service belongs to.
    #[prost(string, tag = "40")]
    #[serde(deserialize_with = "lenient::or_default", alias = "brokerInstance")]
    pub broker_instance: String,
    /// Services this one needs.
    #[prost(message, repeated, tag = "50")]
    #[serde(deserialize_with = "lenient::messages", alias = "dependsOn")]
    pub depends_on: Vec<ManifestRef>,
    /// Capabilities this service offers.
    #[prost(string, repeated, tag = "51")]
    #[serde(deserialize_with = "lenient::list")]
    pub provides: Vec<String>,
    /// Where to look at the service from outside.
    #[prost(message, optional, tag = "60")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub observability: Option<ObservabilityInfo>,
    /// Installer bundle the service came with.
    #[prost(string, tag = "70")]
    #[serde(deserialize_with = "lenient::or_default", alias = "bundleId")]
    pub bundle_id: String,
    /// The host the manifest was written on.
    #[prost(message, optional, tag = "103")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub host: Option<HostMessage>,
    /// A long-running operation in progress.
    #[prost(message, optional, tag = "104")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "currentOperation"
    )]
    pub current_operation: Option<Operation>,
    /// When the manifest ceases to be valid; 0 means never.
    #[prost(uint64, tag = "105")]
    #[serde(with = "lenient::uint64", alias = "validUntilUnixMs")]
    pub valid_until_unix_ms: u64,
}

/// A long-running operation in progress.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct Operation {
    /// One of [`OperationKind`].
    #[prost(int32, tag = "1")]
    #[serde(with = "Named::<OperationKind>")]
    pub kind: i32,
    /// When it began.
    #[prost(uint64, tag = "2")]
    #[serde(with = "lenient::uint64", alias = "startedAtUnixMs")]
    pub started_at_unix_ms: u64,
    /// When it should be done.
    #[prost(uint64, tag = "3")]
    #[serde(with = "lenient::uint64", alias = "expectedDoneUnixMs")]
    pub expected_done_unix_ms: u64,
}

/// When cleaners may remove a service's files.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct CleanupPolicy {
    /// After how many seconds without activity.
    #[prost(uint64, tag = "1")]
    #[serde(with = "lenient::uint64", alias = "dormantAfterSecs")]
    pub dormant_after_secs: u64,
    /// How many versions to keep.
    #[prost(uint32, tag = "2")]
    #[serde(with = "lenient::uint32", alias = "keepLastNVersions")]
    pub keep_last_n_versions: u32,
    /// Whether the current version always stays.
    #[prost(bool, tag = "3")]
    #[serde(deserialize_with = "lenient::or_default", alias = "keepCurrent")]
    pub keep_current: bool,
    /// Leave anything smaller alone.
    #[prost(uint64, tag = "4")]
    #[serde(with = "lenient::uint64", alias = "minSizeForPruneBytes")]
    pub min_size_for_prune_bytes: u64,
}

/// A service that another one needs.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct ManifestRef {
    /// Its name.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "serviceName")]
    pub service_name: String,
    /// The oldest version that will do.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "minVersion")]
    pub min_version: String,
    /// Whether it can do without.
    #[prost(bool, tag = "3")]
    #[serde(deserialize_with = "lenient::or_default")]
    pub optional: bool,
}

/// Where to look at a service from outside.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct ObservabilityInfo {
    /// Where it serves metrics.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "metricsEndpoint")]
    pub metrics_endpoint: String,
    /// Its log file.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "logPath")]
    pub log_path: String,
    /// Where it answers health checks.
    #[prost(string, tag = "3")]
    #[serde(
        deserialize_with = "lenient::or_default",
        alias = "healthCheckEndpoint"
    )]
    pub health_check_endpoint: String,
}

/// Whether `broker_envelope_version` names a schema generation, such as `v1`.
pub(in crate::record) fn names_a_schema(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
