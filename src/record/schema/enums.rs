//! The enums of the protocol.

use crate::record::lenient::WireEnum;

/// What an [`Operation`](super::Operation) does.
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

/// What a [`CacheRoot`](super::CacheRoot) holds.
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

/// What may happen to a [`CacheRoot`](super::CacheRoot).
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

/// What a [`TeardownHook`](super::TeardownHook) does.
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
