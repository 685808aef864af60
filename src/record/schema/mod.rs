//! The protobuf messages of protocol v1, field for field.
//!
//! Serde writes them in rpctl's JSON text form: names in `snake_case`, digests in
//! hex, enums by lowercase name, absent messages omitted. Other forms that are
//! accepted when reading are implemented in `lenient`.

mod daemon;
mod enums;
pub(super) mod field_numbers;
mod manifest;
mod messages;

pub use daemon::{DaemonProcessMessage, EndpointMessage, HostMessage};
pub use enums::{Disposition, OperationKind, RootKind, TeardownKind};
pub(super) use manifest::names_a_schema;
pub use manifest::{
    CacheManifest, CacheRoot, CleanupPolicy, MEDIA_TYPE, ManifestRef, ObservabilityInfo, Operation,
    OwnershipMessage, Quota, ROOT_MANIFEST_FILE, SCHEMA_VERSION, TeardownHook,
};
