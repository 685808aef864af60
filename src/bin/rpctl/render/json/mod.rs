//! JSON: the documents of every result, and how they are written.

mod reports;
mod results;
mod text;

pub(super) use reports::{action, error, findings, single_report};
pub(super) use results::{daemon, inspection, prune};
pub(crate) use text::{json_document, json_line};
