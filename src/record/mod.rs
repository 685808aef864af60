//! Record files: what a daemon leaves on disk, in all their formats.
//!
//! A file is told apart by its content, never by its name; see [`Format`].
//! [`load()`] reads any of them, [`save()`] writes one atomically.

pub mod discovery;
pub mod integrity;
mod json;
mod lenient;
mod limits;
pub mod load;
mod protobuf;
mod read;
mod remove;
pub mod save;
pub mod schema;
mod sidecar;
pub(crate) mod wire;

pub use crate::platform::{FileKind, Trust};
pub use discovery::{Discovery, discover};
pub use integrity::{Finding, FindingCode};
pub use load::{Content, Format, LoadError, Record, load_bytes};
pub use protobuf::self_sha256;
pub use read::{Loader, load, load_stdin};
pub use remove::remove_if;
pub use save::{SaveError, encode, save};
pub use schema::CacheManifest;
pub use wire::{DigestChoice, IdentityError};

/// The largest file that is read as a record, in bytes.
pub const MAX_RECORD_BYTES: u64 = 1 << 20;

/// The most elements that a list or a map of a record may have.
pub const MAX_ELEMENTS: usize = 1024;

/// The media type every v1 manifest names.
pub const MEDIA_TYPE: &str = "application/vnd.running-process.cache-manifest.v1";

/// The newest `manifest_schema_version` this library understands.
pub const SCHEMA_VERSION: u32 = 1;

/// Name of the manifest a daemon may keep in its cache root.
pub const ROOT_MANIFEST_FILE: &str = ".running-process-manifest.pb";
