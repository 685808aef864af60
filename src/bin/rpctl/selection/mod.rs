//! Which records a command is about.

pub(crate) mod registry;
