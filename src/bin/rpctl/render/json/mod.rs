//! The documents of the JSON interface.

pub(crate) mod report;
pub(crate) mod text;
