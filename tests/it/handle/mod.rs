//! The library's handle on a verified daemon.

mod compatibility;
mod connection;
mod grant;
mod lifecycle;
