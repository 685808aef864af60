//! The messages in a manifest about the service as a whole.

use super::enums::OperationKind;
use super::messages::messages;
use crate::record::lenient::{self, Named};

messages! {
    /// A long operation in progress.
    pub struct Operation {
        /// Number of an [`OperationKind`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<OperationKind>")]
        kind: int32 = 1;
        /// Time of the start.
        started_at_unix_ms: uint64 = 2, "startedAtUnixMs";
        /// Expected time of the end.
        expected_done_unix_ms: uint64 = 3, "expectedDoneUnixMs";
    }

    /// The rules for the removal of a service's files.
    pub struct CleanupPolicy {
        /// Seconds without activity after which the service is dormant.
        dormant_after_secs: uint64 = 1, "dormantAfterSecs";
        /// Number of versions to keep.
        keep_last_n_versions: uint32 = 2, "keepLastNVersions";
        /// Whether to keep the current version in any case.
        keep_current: bool = 3, "keepCurrent";
        /// Size below which a root is not removed.
        min_size_for_prune_bytes: uint64 = 4, "minSizeForPruneBytes";
    }

    /// A dependency on another service.
    pub struct ManifestRef {
        /// Name of the service.
        service_name: string = 1, "serviceName";
        /// Oldest version that satisfies the dependency.
        min_version: string = 2, "minVersion";
        /// Whether the dependency may be missing.
        optional: bool = 3;
    }

    /// The metrics, log and health check of a service.
    pub struct ObservabilityInfo {
        /// Endpoint that serves metrics.
        metrics_endpoint: string = 1, "metricsEndpoint";
        /// Path of the log file.
        log_path: string = 2, "logPath";
        /// Endpoint that answers health checks.
        health_check_endpoint: string = 3, "healthCheckEndpoint";
    }
}
