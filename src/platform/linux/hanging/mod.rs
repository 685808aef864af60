//! File systems that may never answer: network mounts, FUSE, automounters.
//!
//! A call on such a file system can block for ever. Two rules keep that from the callers:
//!
//! - [`reach`] opens a path without entering a mount that may hang. The kernel resolves
//!   the path and stops at the border of the first mount, so that local files cost no
//!   call more; beyond that border, the table of mounts is asked before each step.
//! - [`guard`] repeats work that was stopped at such a mount in a [`helper`], a process of
//!   its own: a thread would not do, because a process does not end, even by SIGKILL,
//!   while one of its threads waits for a FUSE server that has read the request.

mod child;
mod fault;
mod guard;
mod helper;
mod local_kinds;
mod mode;
mod mounts;
mod path_walk;
mod reach;
mod server;
mod steps;

pub(crate) use child::beat;
pub(crate) use fault::Fault;
pub(crate) use guard::{guarded, guarded_file};
pub(crate) use helper::Helper;
pub(crate) use mode::TimeLimit;
pub(super) use mounts::{is_of_root, mount_that_may_hang};
#[cfg(feature = "record")]
pub(super) use reach::is_at_hand;
pub(super) use reach::{open, open_in, working_directory};
pub(super) use server::server_of;
pub(super) use steps::{jump, open_within_mount, step};
