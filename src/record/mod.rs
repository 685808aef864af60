//! Record files: manifests, sidecars, bare identities, process records and PID files, in all
//! formats.
//!
//! The content of a file determines its [`Format`], never its name. [`load()`] reads
//! a record of any format, [`save()`] writes one atomically, and [`discover()`] finds
//! the identities of a manifest that names no daemon.

mod discovery;
mod elements;
mod error;
mod fields;
mod file_times;
mod finding;
mod identity_rules;
mod integrity;
mod json;
mod json_keys;
mod lenient;
mod load;
mod named_daemon;
mod pid_file;
mod protobuf;
#[expect(clippy::module_inception, reason = "the types of a record")]
mod record;
mod save;
mod schema;
mod sidecar;
mod trust;
mod wire;

pub use crate::platform::{FileId, FileKind, FileStat, Ownership};
pub use crate::service::{is_service_name, is_service_version};
pub(crate) use discovery::file_names;
pub use discovery::{CutShort, Discovery, Ignored, discover};
pub use error::{LoadError, MAX_ELEMENTS, MAX_RECORD_BYTES};
pub use fields::self_sha256;
pub(crate) use file_times::{FileTimes, StartOrder, Written};
pub(crate) use finding::shortened;
pub use finding::{Finding, FindingCode};
pub use identity_rules::MalformedIdentity;
pub(crate) use integrity::manifest_findings;
pub use load::{Loader, load, load_bytes, load_stdin};
pub use named_daemon::NamedDaemon;
pub use pid_file::PidFile;
pub use record::{Content, Format, Record};
pub use save::{SaveError, encode, remove_if, save};
pub use schema::{
    CacheManifest, CacheRoot, CleanupPolicy, DaemonProcessMessage, Disposition, EndpointMessage,
    HostMessage, MEDIA_TYPE, ManifestRef, ObservabilityInfo, Operation, OperationKind,
    OwnershipMessage, Quota, ROOT_MANIFEST_FILE, RootKind, SCHEMA_VERSION, TeardownHook,
    TeardownKind,
};
pub(crate) use trust::{distrust, suspect_one, trusting};
pub use wire::{DigestChoice, IdentityError};
