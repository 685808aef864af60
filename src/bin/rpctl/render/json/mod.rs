//! JSON: the documents of every result, and how they are written.

mod action;
mod daemon;
mod error;
mod findings;
mod inspection;
mod prune;
mod report;
mod text;

pub(super) use daemon::daemon;
pub(super) use error::error;
pub(super) use findings::findings;
pub(super) use inspection::inspection;
pub(super) use prune::prune;
pub(super) use report::{action, single_report};
pub(crate) use text::{json_document, json_line};
