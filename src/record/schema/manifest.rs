//! The manifest of a service.

use super::daemon::{DaemonProcessMessage, HostMessage};
use super::details::{CleanupPolicy, ManifestRef, ObservabilityInfo, Operation};
use super::messages::messages;
use super::root::CacheRoot;
use crate::record::lenient;

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
}

/// Returns whether `broker_envelope_version` names a schema generation, such as
/// `v1`.
pub(in crate::record) fn names_a_schema(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
