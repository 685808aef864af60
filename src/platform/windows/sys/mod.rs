//! The functions of Windows that no crate wraps. All unsafe code for Windows is here.

pub(super) mod changes;
#[cfg(feature = "cli")]
pub(super) mod console;
mod convert;
pub(super) mod file;
pub(super) mod pipe;
pub(super) mod process;
pub(super) mod security;
pub(super) mod system;
#[cfg(feature = "client")]
pub(super) mod tcp;
pub(super) mod wait;
