//! Tables: results as people read them.

mod action;
mod checks;
mod columns;
mod daemon;
mod error;
mod findings;
mod inspection;
mod list;
mod prune;
mod text;

pub(super) use action::action;
pub(super) use daemon::daemon;
pub(super) use error::error;
pub(super) use findings::findings;
pub(super) use inspection::inspection;
pub(super) use prune::prune;
