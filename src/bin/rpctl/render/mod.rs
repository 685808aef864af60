//! From a report to bytes: one file per format, all behind one trait.

mod action;
mod columns;
mod document;
mod format;
mod github;
mod inspect;
mod json;
mod junit;
mod list;
mod live;
mod nagios;
mod ndjson;
mod output;
mod plain;
mod prometheus;
mod prune;
pub(crate) mod sanitize;
mod spawned;
mod style;
mod table;
mod units;

pub(crate) use action::Action;
pub(crate) use document::{
    DaemonDocument, Diagnosis, InspectDocument, SCHEMA_VERSION, SpawnDocument,
};
pub(crate) use format::Trouble;
pub(crate) use live::Live;
pub(crate) use output::{Output, is_terminal, tell, unless_unread};
pub(crate) use prune::{Pruned, Treated, Treatment};
