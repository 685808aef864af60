//! The operating system behind one interface. Only this module asks which system the
//! program runs on.
//!
//! `linux` implements the interface with pidfds and `/proc`, `macos` with kqueues and
//! `libproc`, `windows` with handles and named pipes. The files in `unix` are part of both
//! `linux` and `macos`: what they take from `super` is of that system.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub use linux::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "macos")]
pub use macos::*;

#[cfg(any(target_os = "macos", test))]
mod macos_forms;

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
compile_error!(
    "rpctl knows no way to hold a process on this system: it is for Linux, macOS and Windows"
);

mod clock;
#[cfg(all(unix, feature = "client"))]
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
#[cfg(feature = "record")]
pub(crate) use types::UserDirectories;
pub(crate) use types::{
    BoundFile, Image, ImageError, ImageFile, Liveness, Mount, PeerCredentials, PinError, Power,
    ProcessFacts, ProcessStatus, UserId, Writer,
};
pub use types::{
    ExitStatus, FileId, FileStat, MissingRight, Ownership, StartTime, System, UserIds, is_hang,
};
#[cfg(feature = "client")]
pub use types::{ListenerAddress, ListenerAddressError};
#[cfg(feature = "client")]
pub(crate) use types::{
    ListeningAddress, ListeningPlace, ListeningSocket, LockHolder, Namesakes, PresentListener,
    Socket, SocketHolder,
};
pub(crate) use waitable::{AsWaitable, Waitable, impl_as_waitable, waitable};
