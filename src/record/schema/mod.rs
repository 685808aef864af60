//! The protobuf messages of protocol v1, field for field.
//!
//! Serde writes them in rpctl's JSON text form: names in `snake_case`, digests in
//! hex, enums by lowercase name, absent messages omitted. Other forms that are
//! accepted when reading are implemented in `lenient`.

mod daemon;
mod details;
mod enums;
pub(super) mod field_numbers;
mod manifest;
mod messages;
mod root;

pub use daemon::{DaemonProcessMessage, EndpointMessage, HostMessage};
pub use details::{CleanupPolicy, ManifestRef, ObservabilityInfo, Operation};
pub use enums::{Disposition, OperationKind, RootKind, TeardownKind};
pub(super) use manifest::names_a_schema;
pub use manifest::{CacheManifest, MEDIA_TYPE, ROOT_MANIFEST_FILE, SCHEMA_VERSION};
pub use root::{CacheRoot, OwnershipMessage, Quota, TeardownHook};
