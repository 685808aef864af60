//! The directories and files that a service owns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::daemon::EndpointMessage;
use super::enums::{Disposition, RootKind, TeardownKind};
use crate::record::lenient::{self, Named};

/// A directory or file that a service owns.
#[derive(Clone, PartialEq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheRoot {
    /// Absolute path.
    #[prost(string, tag = "1")]
    #[serde(deserialize_with = "lenient::or_default")]
    pub path: String,
    /// Number of a [`RootKind`]; numbers of a newer schema are kept.
    #[prost(int32, tag = "2")]
    #[serde(with = "Named::<RootKind>")]
    pub kind: i32,
    /// Estimated size, in bytes.
    #[prost(uint64, tag = "3")]
    #[serde(deserialize_with = "lenient::uint64", alias = "estimatedSizeBytes")]
    pub estimated_size_bytes: u64,
    /// Number of a [`Disposition`]; numbers of a newer schema are kept.
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
    /// Action before the removal of the root.
    #[prost(message, optional, tag = "7")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none",
        alias = "teardownHook"
    )]
    pub teardown_hook: Option<TeardownHook>,
    /// Patterns of files that a cleaner does not remove.
    #[prost(string, repeated, tag = "8")]
    #[serde(deserialize_with = "lenient::list", alias = "excludeGlobs")]
    pub exclude_globs: Vec<String>,
    /// Paths of the root on other platforms, by platform.
    #[prost(btree_map = "string, string", tag = "9")]
    #[serde(deserialize_with = "lenient::string_map", alias = "platformPaths")]
    pub platform_paths: BTreeMap<String, String>,
    /// Owner and mode that the root should have.
    #[prost(message, optional, tag = "10")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub ownership: Option<OwnershipMessage>,
    /// Endpoint of the daemon that serves the root.
    #[prost(message, optional, tag = "11")]
    #[serde(
        deserialize_with = "lenient::message",
        skip_serializing_if = "Option::is_none"
    )]
    pub endpoint: Option<EndpointMessage>,
}

/// Size limits of a root, in bytes; 0 stands for no limit.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct Quota {
    /// Size that the root must not exceed.
    #[prost(uint64, tag = "1")]
    #[serde(deserialize_with = "lenient::uint64", alias = "hardMaxBytes")]
    pub hard_max_bytes: u64,
    /// Size that a cleaner reduces the root to.
    #[prost(uint64, tag = "2")]
    #[serde(deserialize_with = "lenient::uint64", alias = "softTargetBytes")]
    pub soft_target_bytes: u64,
    /// Size to keep free.
    #[prost(uint64, tag = "3")]
    #[serde(deserialize_with = "lenient::uint64", alias = "reservedBytes")]
    pub reserved_bytes: u64,
}

/// An action before the removal of a root.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct TeardownHook {
    /// Number of a [`TeardownKind`]; numbers of a newer schema are kept.
    #[prost(int32, tag = "1")]
    #[serde(with = "Named::<TeardownKind>")]
    pub kind: i32,
    /// Command and arguments, for [`TeardownKind::CustomCommand`].
    #[prost(string, repeated, tag = "2")]
    #[serde(deserialize_with = "lenient::list")]
    pub argv: Vec<String>,
    /// Time limit, in seconds.
    #[prost(uint64, tag = "3")]
    #[serde(deserialize_with = "lenient::uint64", alias = "timeoutSecs")]
    pub timeout_secs: u64,
}

/// The owner and mode that a root should have.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnershipMessage {
    /// User ID.
    #[prost(uint32, tag = "1")]
    #[serde(deserialize_with = "lenient::uint32")]
    pub uid: u32,
    /// Group ID.
    #[prost(uint32, tag = "2")]
    #[serde(deserialize_with = "lenient::uint32")]
    pub gid: u32,
    /// Permission bits.
    #[prost(uint32, tag = "3")]
    #[serde(deserialize_with = "lenient::uint32")]
    pub mode: u32,
    /// Security identifier on Windows.
    #[prost(string, tag = "4")]
    #[serde(deserialize_with = "lenient::or_default", alias = "windowsSid")]
    pub windows_sid: String,
}
