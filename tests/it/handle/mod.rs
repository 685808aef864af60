//! The library's handle on a verified daemon.

mod connection;
mod grant;
mod lifecycle;
