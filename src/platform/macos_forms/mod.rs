//! The forms in which macOS tells things: structures as bytes, and texts.
//!
//! Nothing here asks the system, so that all of it is tested on other systems, too.

pub(super) mod access_list;
#[cfg(feature = "client")]
pub(super) mod arguments;
mod bytes;
pub(super) mod host;
pub(super) mod process;
#[cfg(feature = "record")]
pub(super) mod sockets;
pub(super) mod vnode;
