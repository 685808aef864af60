//! From results to text. Pure: a result comes in, a string goes out.
//!
//! Every result is a [`Document`], with a table for people and a JSON document for
//! programs. The other formats consist of verdicts alone; each of them is one file
//! behind the trait [`Renderer`].

mod action;
mod daemon;
mod document;
mod error_report;
mod findings;
mod github;
mod inspection;
mod json;
mod junit;
mod nagios;
mod ndjson;
mod plain;
mod prometheus;
mod prune_report;
pub(crate) mod sanitize;
mod style;
mod table;
pub(crate) mod units;

pub(crate) use action::{Action, ActionReport};
pub(crate) use daemon::SpawnedDaemon;
pub(crate) use document::{Document, Renderer};
pub(crate) use error_report::ErrorReport;
pub(crate) use findings::{Diagnosis, Findings, Layout};
pub(crate) use github::Github;
pub(crate) use inspection::Inspection;
pub(crate) use json::{json_document, json_line};
pub(crate) use junit::Junit;
pub(crate) use nagios::Nagios;
pub(crate) use ndjson::Ndjson;
pub(crate) use prometheus::Prometheus;
pub(crate) use prune_report::{PruneEntry, PruneOutcome, PruneReport};
pub(crate) use style::{Page, Styles};
