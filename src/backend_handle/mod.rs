//! The library's front door: a handle on a daemon that was proven to be the
//! recorded one.

mod handle;

pub use handle::{BackendHandle, BackendHandleError, Connection, Result};
