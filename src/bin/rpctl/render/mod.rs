//! From a report to bytes: one file per format, all behind one trait.

pub(crate) mod action;
pub(crate) mod findings;
pub(crate) mod github;
pub(crate) mod json;
pub(crate) mod junit;
pub(crate) mod nagios;
pub(crate) mod ndjson;
mod plain;
pub(crate) mod prometheus;
pub(crate) mod sanitize;
pub(crate) mod table;

pub(crate) use action::Action;
pub(crate) use findings::Trouble;
pub(crate) use json::report::{
    DaemonDocument, Diagnosis, InspectDocument, SCHEMA_VERSION, SpawnDocument,
};
pub(crate) use table::prune::{Pruned, Treated, Treatment};
