//! Tables: results as people read them.

pub(crate) mod columns;
pub(crate) mod inspection;
pub(crate) mod list;
pub(crate) mod prune;
pub(crate) mod report;
pub(crate) mod spawned;
pub(crate) mod style;
pub(crate) mod units;
