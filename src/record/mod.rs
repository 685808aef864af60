//! Record files: what a daemon leaves on disk, in all their formats.
//!
//! A file is told apart by its content, never by its name; see [`Format`].
//! [`load()`] reads any of them, [`save()`] writes one atomically.

mod discovery;
mod elements;
mod error;
mod fields;
mod finding;
mod integrity;
mod json;
mod lenient;
mod limits;
mod load;
mod protobuf;
#[expect(clippy::module_inception, reason = "the types of a record")]
mod record;
mod remove;
mod save;
mod schema;
mod service;
mod sidecar;
mod trust;
mod wire;

pub use crate::platform::{FileKind, FileStat, Trust};
pub use discovery::{CutShort, Discovery, Ignored, discover};
pub use error::LoadError;
pub use fields::self_sha256;
pub use finding::{Finding, FindingCode};
pub(crate) use finding::{shortened, unreadable_identity};
pub use integrity::rules;
pub use lenient::WireEnum;
pub use limits::{MAX_ELEMENTS, MAX_RECORD_BYTES};
pub use load::{Loader, load, load_bytes, load_stdin};
pub use record::{Content, Format, Record};
pub use remove::remove_if;
pub use save::{SaveError, encode, save};
pub use schema::{
    CacheManifest, CacheRoot, CleanupPolicy, DaemonProcessMessage, Disposition, EndpointMessage,
    HostMessage, MEDIA_TYPE, ManifestRef, ObservabilityInfo, Operation, OperationKind, Ownership,
    Quota, ROOT_MANIFEST_FILE, RootKind, SCHEMA_VERSION, TeardownHook, TeardownKind,
};
pub use service::{is_service_name, is_service_version};
pub(crate) use wire::from_answer;
pub use wire::{DigestChoice, IdentityError};
