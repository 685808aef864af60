//! The directories that a service owns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::daemon::EndpointMessage;
use super::enums::{Disposition, RootKind, TeardownKind};
use crate::record::lenient::{self, Named};

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
