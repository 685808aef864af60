//! Stopping exactly the right process, and no other.

mod daemons;
mod refusals;
mod reuse;
mod targets;
mod traces;
