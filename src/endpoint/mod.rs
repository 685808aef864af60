//! The socket: connecting, exchanging one challenge, listening. Everything waits
//! in `poll(2)` under one deadline.

#[cfg(feature = "client")]
mod acceptance;
mod connect;
#[cfg(feature = "client")]
mod exchange;
mod left;
mod listener;
#[cfg(feature = "client")]
mod served_by;

pub(crate) use interprocess::local_socket::Stream;
pub(crate) use interprocess::local_socket::traits::Stream as StreamTrait;

#[cfg(feature = "client")]
pub(crate) use acceptance::Acceptance;
pub use connect::{ConnectError, MAX_PATH_LEN};
pub(crate) use connect::{Connected, connect, descriptor};
#[cfg(feature = "client")]
pub(crate) use exchange::{Exchange, ExchangeError};
pub(crate) use left::LeftSocket;
pub use listener::{ListenError, Listener};
#[cfg(feature = "client")]
pub(crate) use served_by::ServedBy;
