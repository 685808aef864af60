//! From a report to bytes: one file per format.

mod action;
mod columns;
mod document;
mod inspect;
mod json;
mod output;
pub(crate) mod sanitize;
mod spawned;
mod style;
mod table;
mod units;

pub(crate) use action::Action;
pub(crate) use document::{
    DaemonDocument, Diagnosis, InspectDocument, SCHEMA_VERSION, SpawnDocument,
};
pub(crate) use output::{Output, is_terminal};
