//! The messages in a manifest about the service as a whole.

use serde::{Deserialize, Serialize};

use super::enums::OperationKind;
use crate::record::lenient::{self, Named};

/// A long operation in progress.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct Operation {
    /// Number of an [`OperationKind`]; numbers of a newer schema are kept.
    #[prost(int32, tag = "1")]
    #[serde(with = "Named::<OperationKind>")]
    pub kind: i32,
    /// Time of the start.
    #[prost(uint64, tag = "2")]
    #[serde(deserialize_with = "lenient::uint64", alias = "startedAtUnixMs")]
    pub started_at_unix_ms: u64,
    /// Expected time of the end.
    #[prost(uint64, tag = "3")]
    #[serde(deserialize_with = "lenient::uint64", alias = "expectedDoneUnixMs")]
    pub expected_done_unix_ms: u64,
}

/// The rules for the removal of a service's files.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct CleanupPolicy {
    /// Seconds without activity after which the service is dormant.
    #[prost(uint64, tag = "1")]
    #[serde(deserialize_with = "lenient::uint64", alias = "dormantAfterSecs")]
    pub dormant_after_secs: u64,
    /// Number of versions to keep.
    #[prost(uint32, tag = "2")]
    #[serde(deserialize_with = "lenient::uint32", alias = "keepLastNVersions")]
    pub keep_last_n_versions: u32,
    /// Whether to keep the current version in any case.
    #[prost(bool, tag = "3")]
    #[serde(deserialize_with = "lenient::or_default", alias = "keepCurrent")]
    pub keep_current: bool,
    /// Size below which a root is not removed.
    #[prost(uint64, tag = "4")]
    #[serde(deserialize_with = "lenient::uint64", alias = "minSizeForPruneBytes")]
    pub min_size_for_prune_bytes: u64,
}

/// A dependency on another service.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct ManifestRef {
    /// Name of the service.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "serviceName")]
    pub service_name: String,
    /// Oldest version that satisfies the dependency.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "minVersion")]
    pub min_version: String,
    /// Whether the dependency may be missing.
    #[prost(bool, tag = "3")]
    #[serde(deserialize_with = "lenient::or_default")]
    pub optional: bool,
}

/// The metrics, log and health check of a service.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct ObservabilityInfo {
    /// Endpoint that serves metrics.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default", alias = "metricsEndpoint")]
    pub metrics_endpoint: String,
    /// Path of the log file.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "logPath")]
    pub log_path: String,
    /// Endpoint that answers health checks.
    #[prost(string, tag = "3")]
    #[serde(
        deserialize_with = "lenient::or_default",
        alias = "healthCheckEndpoint"
    )]
    pub health_check_endpoint: String,
}
