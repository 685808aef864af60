//! The socket: connecting, exchanging one challenge, listening. Everything waits
//! in `poll(2)` under one deadline.

mod acceptance;
mod connect;
mod exchange;
mod left;
mod listener;

pub(crate) use interprocess::local_socket::Stream;
pub(crate) use interprocess::local_socket::traits::Stream as StreamTrait;

pub(crate) use acceptance::Acceptance;
pub use connect::{ConnectError, MAX_PATH_LEN};
pub(crate) use connect::{Connected, connect, descriptor};
pub(crate) use exchange::{Exchange, ExchangeError};
pub(crate) use left::LeftSocket;
pub use listener::{ListenError, Listener};
