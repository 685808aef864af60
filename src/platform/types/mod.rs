//! Plain values that the platform returns, with one meaning on every system.

mod files;
mod processes;
mod sockets;

pub use self::files::*;
pub use self::processes::*;
pub(crate) use self::sockets::*;
