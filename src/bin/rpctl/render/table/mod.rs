//! Tables: results as people read them.

mod actions;
mod checks;
mod columns;
mod cut;
mod findings;
mod headline;
mod inspection;
mod list;
mod prune;
mod recorded;
mod text;
mod unread;

pub(super) use actions::{action, daemon, error};
pub(super) use findings::findings;
pub(super) use inspection::inspection;
pub(crate) use list::change;
pub(super) use prune::prune;
pub(super) use recorded::recorded;
