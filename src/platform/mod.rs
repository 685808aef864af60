//! The operating system behind one interface; the only place that asks which
//! one it is.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(not(target_os = "linux"))]
compile_error!("rpctl runs on Linux only: it needs pidfds and /proc");

mod clock;
mod file_kind;
mod types;

pub use clock::unix_now_ms;
pub(crate) use clock::unix_now_ns;
pub use file_kind::FileKind;
pub use types::{ExitStatus, FileId, FileStat, Ownership};
pub(crate) use types::{
    Image, ImageError, Liveness, PeerCredentials, PinError, ProcessFacts, ProcessStatus,
};
