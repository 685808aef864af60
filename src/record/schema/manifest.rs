//! The manifest of a service, and what it says about the service and its directories.

use std::collections::BTreeMap;

use super::daemon::{DaemonProcessMessage, EndpointMessage, HostMessage};
use super::enums::{Disposition, OperationKind, RootKind, TeardownKind};
use super::messages::messages;
use crate::record::lenient::{self, Named};

/// The media type of every v1 manifest.
pub const MEDIA_TYPE: &str = "application/vnd.running-process.cache-manifest.v1";

/// The newest `manifest_schema_version` that this library reads.
pub const SCHEMA_VERSION: u32 = 1;

/// The file name of a manifest in a cache root.
pub const ROOT_MANIFEST_FILE: &str = ".running-process-manifest.pb";

messages! {
    /// The manifest of a service: its identity, its directories, its cleanup policy.
    ///
    /// Times are in milliseconds since the Unix epoch, sizes in bytes. Map entries are
    /// sorted, so that encoding is deterministic.
    pub struct CacheManifest {
        /// Version of the schema, at most [`SCHEMA_VERSION`]; a larger one is too new.
        manifest_schema_version: uint32 = 100, "manifestSchemaVersion";
        /// Media type; [`MEDIA_TYPE`] in every v1 manifest.
        media_type: string = 101, "mediaType";
        /// SHA-256 of the encoded message without this field: a checksum, not a
        /// signature.
        self_sha256: bytes = 102, "selfSha256";
        /// Name of the service, `[a-z0-9-]{1,64}`.
        service_name: string = 1, "serviceName";
        /// Version of the service, `N.N.N` with an optional `-[a-z0-9.]+`.
        service_version: string = 2, "serviceVersion";
        /// Version of the broker envelope, `"v1"`.
        broker_envelope_version: string = 3, "brokerEnvelopeVersion";
        /// Time of the first writing.
        created_at_unix_ms: uint64 = 4, "createdAtUnixMs";
        /// Time of the last activity of the service.
        last_active_unix_ms: uint64 = 5, "lastActiveUnixMs";
        /// Directories and files of the service.
        roots: messages<CacheRoot> = 10;
        /// Identity of the running daemon, if the service records it here.
        current_daemon: message<DaemonProcessMessage> = 20, "currentDaemon";
        /// Rules for the removal of the roots.
        cleanup_policy: message<CleanupPolicy> = 30, "cleanupPolicy";
        /// Broker instance of the service.
        broker_instance: string = 40, "brokerInstance";
        /// Services that this service needs.
        depends_on: messages<ManifestRef> = 50, "dependsOn";
        /// Capabilities of the service.
        provides: strings = 51;
        /// Metrics, log and health check of the service.
        observability: message<ObservabilityInfo> = 60;
        /// Installer bundle of the service.
        bundle_id: string = 70, "bundleId";
        /// Host of the writer.
        host: message<HostMessage> = 103;
        /// Long operation in progress.
        current_operation: message<Operation> = 104, "currentOperation";
        /// Time of expiry; 0 stands for none.
        valid_until_unix_ms: uint64 = 105, "validUntilUnixMs";
    }

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

    /// A directory or file that a service owns.
    pub struct CacheRoot {
        /// Absolute path.
        path: string = 1;
        /// Number of a [`RootKind`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<RootKind>")]
        kind: int32 = 2;
        /// Estimated size, in bytes.
        estimated_size_bytes: uint64 = 3, "estimatedSizeBytes";
        /// Number of a [`Disposition`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<Disposition>")]
        disposition: int32 = 4;
        /// Free labels.
        labels: string_map = 5;
        /// Size limits.
        quota: message<Quota> = 6;
        /// Action before the removal of the root.
        teardown_hook: message<TeardownHook> = 7, "teardownHook";
        /// Patterns of files that a cleaner does not remove.
        exclude_globs: strings = 8, "excludeGlobs";
        /// Paths of the root on other platforms, by platform.
        platform_paths: string_map = 9, "platformPaths";
        /// Owner and mode that the root should have.
        ownership: message<OwnershipMessage> = 10;
        /// Endpoint of the daemon that serves the root.
        endpoint: message<EndpointMessage> = 11;
    }

    /// Size limits of a root, in bytes; 0 stands for no limit.
    pub struct Quota {
        /// Size that the root must not exceed.
        hard_max_bytes: uint64 = 1, "hardMaxBytes";
        /// Size that a cleaner reduces the root to.
        soft_target_bytes: uint64 = 2, "softTargetBytes";
        /// Size to keep free.
        reserved_bytes: uint64 = 3, "reservedBytes";
    }

    /// An action before the removal of a root.
    pub struct TeardownHook {
        /// Number of a [`TeardownKind`]; numbers of a newer schema are kept.
        #[serde(with = "Named::<TeardownKind>")]
        kind: int32 = 1;
        /// Command and arguments, for [`TeardownKind::CustomCommand`].
        argv: strings = 2;
        /// Time limit, in seconds.
        timeout_secs: uint64 = 3, "timeoutSecs";
    }

    /// The owner and mode that a root should have.
    pub struct OwnershipMessage {
        /// User ID.
        uid: uint32 = 1;
        /// Group ID.
        gid: uint32 = 2;
        /// Permission bits.
        mode: uint32 = 3;
        /// Security identifier on Windows.
        windows_sid: string = 4, "windowsSid";
    }
}

/// Returns whether `broker_envelope_version` names a schema generation, such as
/// `v1`.
pub(in crate::record) fn names_a_schema(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
