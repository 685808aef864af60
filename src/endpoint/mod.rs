//! The socket: connecting, exchanging one challenge, listening. All waiting ends at one
//! deadline.

#[cfg(feature = "client")]
mod acceptance;
mod connect;
#[cfg(feature = "client")]
mod exchange;
#[cfg(feature = "client")]
mod exchange_error;
mod left;
mod listener;
mod place;
#[cfg(feature = "client")]
mod served_by;

pub(crate) use crate::platform::{Stream, stream_waitable as descriptor};
#[cfg(feature = "client")]
pub(crate) use acceptance::{Acceptance, Server, UnknownHolder, serving_sockets};
pub use connect::{ConnectError, MAX_PATH_LEN};
pub(crate) use connect::{Connected, connect, connect_to, locate};
#[cfg(feature = "client")]
pub(crate) use exchange::Exchange;
#[cfg(feature = "client")]
pub(crate) use exchange_error::ExchangeError;
pub(crate) use left::LeftSocket;
pub use listener::{ListenError, Listener};
pub(crate) use place::Place;
#[cfg(feature = "client")]
pub(crate) use served_by::{Creator, ServedBy};
