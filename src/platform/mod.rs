//! The operating system behind one interface. Only this module asks which system the
//! program runs on.
//!
//! `linux` implements the interface with pidfds and `/proc`, `windows` with handles and named
//! pipes. `unsupported` offers its items on every other system, so that the rest of the crate
//! is type-checked there; each operation fails with [`std::io::ErrorKind::Unsupported`].

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;

#[cfg(not(any(target_os = "linux", windows)))]
mod unsupported;
#[cfg(not(any(target_os = "linux", windows)))]
pub use unsupported::*;

mod clock;
#[cfg(all(target_os = "linux", feature = "client"))]
mod command_line;
mod file_kind;
mod replace;
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "no operation has most of these results there")
)]
mod types;
mod waitable;

pub use clock::unix_now_ms;
pub(crate) use clock::{Clocks, unix_now_ns};
pub use file_kind::FileKind;
pub(crate) use replace::{Durability, replace_file};
pub(crate) use types::Readable;
pub(crate) use types::{
    BoundFile, Image, ImageError, ImageFile, Liveness, Mount, PeerCredentials, PinError, Power,
    ProcessFacts, ProcessStatus, UserId, Writer,
};
pub use types::{
    ExitStatus, FileId, FileStat, MissingRight, Ownership, StartTime, UserIds, is_hang,
};
#[cfg(feature = "client")]
pub use types::{ListenerAddress, ListenerAddressError};
#[cfg(feature = "client")]
pub(crate) use types::{
    ListeningAddress, ListeningPlace, ListeningSocket, LockHolder, Namesakes, PresentListener,
    Socket, SocketHolder,
};
pub(crate) use waitable::{AsWaitable, Waitable, impl_as_waitable, waitable};
