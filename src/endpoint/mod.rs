//! The socket: connecting, exchanging one challenge, listening. Everything waits
//! in `poll(2)` under one deadline.

mod connect;
mod exchange;
mod listener;

pub(crate) use interprocess::local_socket::Stream;

pub use connect::{ConnectError, MAX_PATH_LEN};
pub(crate) use connect::{Connected, connect, descriptor};
pub(crate) use exchange::Exchange;
pub use exchange::{ExchangeError, Progress};
pub use listener::{ListenError, Listener};
