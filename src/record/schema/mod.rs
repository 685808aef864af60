//! The protobuf messages of protocol v1, field for field.
//!
//! The same types carry rpctl's JSON text form: names in `snake_case`, digests
//! in hex, enums by lowercase name, absent messages left out. What reading
//! accepts beyond that is decided in `lenient.rs`.

mod daemon;
mod enums;
mod manifest;
mod root;

pub use daemon::{DaemonProcessMessage, EndpointMessage, HostMessage};
pub use enums::{Disposition, OperationKind, RootKind, TeardownKind};
pub(super) use manifest::names_a_schema;
pub use manifest::{
    CacheManifest, CleanupPolicy, MEDIA_TYPE, ManifestRef, ObservabilityInfo, Operation,
    ROOT_MANIFEST_FILE, SCHEMA_VERSION,
};
pub use root::{CacheRoot, Ownership, Quota, TeardownHook};
