//! The registry: what is in it, and what is removed from it.

mod all;
mod fixture;
mod kept;
mod list;
mod places;
mod processes;
mod pruned;
mod race;
mod watch;
