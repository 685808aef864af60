//! The front door of the library: a handle on a daemon that was proven to be the
//! recorded one.

mod connection;
mod error;
mod handle;
mod handoff;

pub use connection::Connection;
pub use error::{BackendHandleError, Result, VerifyPidError};
pub use handle::BackendHandle;
pub use handoff::{
    DuplicateHandleError, DuplicateHandleResult, DuplicateHandleSuccess, HANDOFF_TOKEN_BYTES,
    HandoffToken, WindowsHandleValue,
};
