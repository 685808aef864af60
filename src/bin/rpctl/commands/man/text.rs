//! The sections written by hand, beside the examples.

pub(super) const UNWRITTEN: &str = include_str!("unwritten.man");
pub(super) const ENVIRONMENT: &str = include_str!("environment.man");
pub(super) const FILES: &str = include_str!("files.man");
