//! Plain values that the platform returns, with one meaning on every system.

mod files;
#[cfg(feature = "client")]
mod listener_address;
#[cfg(feature = "client")]
mod locks;
mod processes;
mod sockets;
mod system;
#[cfg(feature = "record")]
mod user_directories;

pub use self::files::*;
#[cfg(feature = "client")]
pub use self::listener_address::*;
#[cfg(feature = "client")]
pub(crate) use self::locks::*;
pub use self::processes::*;
pub(crate) use self::sockets::*;
pub use self::system::System;
#[cfg(feature = "record")]
pub(crate) use self::user_directories::*;
