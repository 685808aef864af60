//! The protobuf messages of protocol v1, field for field.
//!
//! The same types carry rpctl's JSON text form: names in `snake_case`, digests
//! in hex, enums by lowercase name, absent messages left out. What reading
//! accepts beyond that is decided in `lenient.rs`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lenient::{self, Named};

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
    /// [`super::MEDIA_TYPE`].
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

/// The wire form of [`crate::identity::DaemonProcess`].
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct DaemonProcessMessage {
    /// Process ID in the PID namespace of the writer.
    #[prost(uint32, tag = "1")]
    #[serde(with = "lenient::uint32")]
    pub pid: u32,
    /// Absolute path of the executable at start.
    #[prost(string, tag = "2")]
    #[serde(deserialize_with = "lenient::or_default", alias = "exePath")]
    pub exe_path: String,
    /// SHA-256 of the executable; empty or all zero means not supplied.
    #[prost(bytes = "vec", tag = "3")]
    #[serde(
        with = "lenient::bytes",
        alias = "exeSha256",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub exe_sha256: Vec<u8>,
    /// Where the daemon listens.
    #[prost(message, optional, tag = "4")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "ipcEndpoint"
    )]
    pub ipc_endpoint: Option<EndpointMessage>,
    /// When the record was made.
    #[prost(uint64, tag = "5")]
    #[serde(with = "lenient::uint64", alias = "startedAtUnixMs")]
    pub started_at_unix_ms: u64,
    /// Boot ID of the host at start.
    #[prost(string, tag = "6")]
    #[serde(deserialize_with = "lenient::or_default", alias = "bootId")]
    pub boot_id: String,
    /// Idle seconds after which the daemon ends.
    #[prost(uint32, optional, tag = "7")]
    #[serde(
        with = "lenient::optional_uint32",
        alias = "idleTimeoutSecs",
        skip_serializing_if = "Option::is_none"
    )]
    pub idle_timeout_secs: Option<u32>,
    /// `"blake3"` in records of the BLAKE3 generation.
    #[prost(string, tag = "8")]
    #[serde(
        deserialize_with = "lenient::or_default",
        alias = "exeHashAlgorithm",
        skip_serializing_if = "String::is_empty"
    )]
    pub exe_hash_algorithm: String,
    /// The digest by that algorithm.
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
    /// A free label chosen by the daemon.
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
    /// Network name.
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
    /// Device number of the file system.
    #[prost(uint64, tag = "4")]
    #[serde(with = "lenient::uint64", alias = "fsDevId")]
    pub fs_dev_id: u64,
    /// Mount and PID namespace of the writer.
    #[prost(string, tag = "5")]
    #[serde(deserialize_with = "lenient::or_default", alias = "namespaceId")]
    pub namespace_id: String,
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

/// One directory (or file) a service owns.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheRoot {
    /// Where it is.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default")]
    pub path: String,
    /// One of [`RootKind`].
    #[prost(int32, tag = "2")]
    #[serde(with = "Named::<RootKind>")]
    pub kind: i32,
    /// How large the service believes it is.
    #[prost(uint64, tag = "3")]
    #[serde(with = "lenient::uint64", alias = "estimatedSizeBytes")]
    pub estimated_size_bytes: u64,
    /// One of [`Disposition`].
    #[prost(int32, tag = "4")]
    #[serde(with = "Named::<Disposition>")]
    pub disposition: i32,
    /// Free labels.
    #[prost(btree_map = "string, string", tag = "5")]
    #[serde(deserialize_with = "lenient::string_map")]
    pub labels: BTreeMap<String, String>,
    /// Size limits.
    #[prost(message, optional, tag = "6")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub quota: Option<Quota>,
    /// What to run before it is removed.
    #[prost(message, optional, tag = "7")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "teardownHook"
    )]
    pub teardown_hook: Option<TeardownHook>,
    /// What cleaners must leave alone.
    #[prost(string, repeated, tag = "8")]
    #[serde(deserialize_with = "lenient::list", alias = "excludeGlobs")]
    pub exclude_globs: Vec<String>,
    /// The same root on other platforms.
    #[prost(btree_map = "string, string", tag = "9")]
    #[serde(deserialize_with = "lenient::string_map", alias = "platformPaths")]
    pub platform_paths: BTreeMap<String, String>,
    /// Who should own it.
    #[prost(message, optional, tag = "10")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub ownership: Option<Ownership>,
    /// An endpoint that serves this root.
    #[prost(message, optional, tag = "11")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub endpoint: Option<EndpointMessage>,
}

/// Size limits of a root, in bytes; 0 means none.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct Quota {
    /// Never grow beyond.
    #[prost(uint64, tag = "1")]
    #[serde(with = "lenient::uint64", alias = "hardMaxBytes")]
    pub hard_max_bytes: u64,
    /// Shrink towards.
    #[prost(uint64, tag = "2")]
    #[serde(with = "lenient::uint64", alias = "softTargetBytes")]
    pub soft_target_bytes: u64,
    /// Keep free.
    #[prost(uint64, tag = "3")]
    #[serde(with = "lenient::uint64", alias = "reservedBytes")]
    pub reserved_bytes: u64,
}

/// What to run before a root is removed.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct TeardownHook {
    /// One of [`TeardownKind`].
    #[prost(int32, tag = "1")]
    #[serde(with = "Named::<TeardownKind>")]
    pub kind: i32,
    /// The command, for custom hooks.
    #[prost(string, repeated, tag = "2")]
    #[serde(deserialize_with = "lenient::list")]
    pub argv: Vec<String>,
    /// How long it may take, in seconds.
    #[prost(uint64, tag = "3")]
    #[serde(with = "lenient::uint64", alias = "timeoutSecs")]
    pub timeout_secs: u64,
}

/// Who should own a root.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct Ownership {
    /// User ID.
    #[prost(uint32, tag = "1")]
    #[serde(with = "lenient::uint32")]
    pub uid: u32,
    /// Group ID.
    #[prost(uint32, tag = "2")]
    #[serde(with = "lenient::uint32")]
    pub gid: u32,
    /// Permission bits.
    #[prost(uint32, tag = "3")]
    #[serde(with = "lenient::uint32")]
    pub mode: u32,
    /// Security identifier on Windows.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "lenient::or_default", alias = "windowsSid")]
    pub windows_sid: String,
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

/// The names of a protobuf enum.
///
/// Fields keep the number, so that values of a newer schema survive a round
/// trip.
pub trait WireEnum {
    /// The protobuf name of the value 0, 1, 2, …
    const PROTOBUF_NAMES: &'static [&'static str];
    /// What the protobuf names have in front of the name used here.
    const PREFIXES: &'static [&'static str];

    /// The lowercase name of a value, `None` for values of a newer schema.
    #[must_use]
    fn name(value: i32) -> Option<String> {
        let full = Self::PROTOBUF_NAMES.get(usize::try_from(value).ok()?)?;
        Some(Self::short(full).to_lowercase())
    }

    /// The value of a lowercase or protobuf name.
    #[must_use]
    fn value(name: &str) -> Option<i32> {
        let position = Self::PROTOBUF_NAMES
            .iter()
            .position(|full| *full == name || Self::short(full).to_lowercase() == name)?;
        i32::try_from(position).ok()
    }

    /// A protobuf name without its prefix.
    #[must_use]
    fn short(full: &'static str) -> &'static str {
        Self::PREFIXES
            .iter()
            .find_map(|prefix| full.strip_prefix(prefix))
            .unwrap_or(full)
    }
}

/// What an [`Operation`] does.
#[derive(Debug)]
pub enum OperationKind {}

impl WireEnum for OperationKind {
    const PREFIXES: &'static [&'static str] = &["OPERATION_"];
    const PROTOBUF_NAMES: &'static [&'static str] = &[
        "OPERATION_IDLE",
        "OPERATION_COMPACTING",
        "OPERATION_MIGRATING",
        "OPERATION_REBUILDING_INDEX",
        "OPERATION_EVICTING_LRU",
        "OPERATION_ARCHIVING",
    ];
}

/// What a [`CacheRoot`] holds.
#[derive(Debug)]
pub enum RootKind {}

impl WireEnum for RootKind {
    const PREFIXES: &'static [&'static str] = &["CACHE_ROOT_KIND_", "CACHE_"];
    const PROTOBUF_NAMES: &'static [&'static str] = &[
        "CACHE_ROOT_KIND_UNSPECIFIED",
        "CACHE_DATA",
        "CACHE_LOGS",
        "CACHE_LOCKS",
        "CACHE_RUNTIME",
        "CACHE_TMP",
        "CACHE_CONFIG",
        "CACHE_INDEX",
        "CACHE_JOURNAL",
        "CACHE_SECRETS",
    ];
}

/// What may happen to a [`CacheRoot`].
#[derive(Debug)]
pub enum Disposition {}

impl WireEnum for Disposition {
    const PREFIXES: &'static [&'static str] = &[];
    const PROTOBUF_NAMES: &'static [&'static str] = &[
        "PRUNE_ON_UNINSTALL",
        "PRESERVE_ACROSS_UNINSTALL",
        "PRUNE_WHEN_DORMANT",
        "NEVER_PRUNE",
        "PRUNE_ON_CRASH",
    ];
}

/// What a [`TeardownHook`] does.
#[derive(Debug)]
pub enum TeardownKind {}

impl WireEnum for TeardownKind {
    const PREFIXES: &'static [&'static str] = &["TEARDOWN_"];
    const PROTOBUF_NAMES: &'static [&'static str] = &[
        "TEARDOWN_NONE",
        "TEARDOWN_REDB_COMPACT",
        "TEARDOWN_SQLITE_VACUUM",
        "TEARDOWN_CUSTOM_COMMAND",
    ];
}
