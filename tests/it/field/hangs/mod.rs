//! File systems that never answer: dead network mounts, FUSE servers that hang. No command
//! waits for one for ever, no other record is concerned, and the program always ends.

mod commands;
pub(super) mod mount;
mod processes;
mod records;
mod served;
mod server;
mod starts;

pub(crate) use server::{live_over_fuse, serve};
