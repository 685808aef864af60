//! Situations from the field, each rebuilt with real processes, users, clocks, mounts and
//! namespaces.

mod advice;
mod boots;
mod cgroup;
mod container;
mod containers;
mod disks;
mod emulated;
mod evidence;
mod families;
mod force;
mod hangs;
mod homes;
mod images;
mod loader;
mod messages;
mod pipes;
mod places;
mod pseudo_files;
mod reuse;
mod rights;
mod scarcity;
mod secrets;
mod standstill;
mod strangers;
mod swaps;
mod tasks;
mod threads;
mod upgrades;
mod user_namespaces;
mod writers;

pub(crate) use hangs::{live_over_fuse, serve as serve_fuse};
