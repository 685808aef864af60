//! The operating system behind one interface; the only place that asks which
//! one it is.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(not(target_os = "linux"))]
compile_error!("rpctl runs on Linux only: it needs pidfds and /proc");

mod file_kind;
mod types;

pub use file_kind::FileKind;
pub use types::{
    FileId, FileStat, Image, ImageError, Liveness, PeerCredentials, PinError, ProcessFacts,
    ProcessStatus, Trust,
};

/// Milliseconds since the Unix epoch, by the wall clock.
#[must_use]
pub fn unix_now_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(u64::MAX))
}
