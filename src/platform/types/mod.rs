//! Plain values that the platform returns, with one meaning on every system.

mod files;
#[cfg(feature = "client")]
mod listener_address;
mod processes;
mod sockets;

pub use self::files::*;
#[cfg(feature = "client")]
pub use self::listener_address::*;
pub use self::processes::*;
pub(crate) use self::sockets::*;
