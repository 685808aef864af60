//! From results to text. Pure: a result comes in, a string goes out.
//!
//! Every result is a [`Document`], with a table for people and a JSON document for
//! programs. The other formats consist of verdicts alone; each of them is one file
//! behind the trait [`Renderer`].

mod action;
mod aftermath;
mod diagnoses;
mod document;
mod findings;
mod github;
mod json;
mod junit;
mod junit_elements;
mod left;
mod nagios;
mod ndjson;
mod origin;
mod plain;
mod prometheus;
mod prune_report;
mod recorded;
mod results;
pub(crate) mod sanitize;
mod style;
mod table;
pub(crate) mod units;

pub(crate) use action::{Action, ActionReport};
pub(crate) use diagnoses::{Diagnoses, PackedDiagnosis};
pub(crate) use document::{Document, Renderer};
pub(crate) use findings::{Findings, Layout};
pub(crate) use github::Github;
pub(crate) use json::{json_document, write_json};
pub(crate) use junit::Junit;
pub(crate) use nagios::Nagios;
pub(crate) use ndjson::Ndjson;
pub(crate) use origin::Origin;
pub(crate) use prometheus::Prometheus;
pub(crate) use prune_report::{PruneEntry, PruneOutcome, PruneReport};
pub(crate) use recorded::RecordedDaemon;
pub(crate) use results::{Diagnosis, ErrorReport, Inspection, RecordFault, SpawnedDaemon};
pub(crate) use style::{Page, Styles};
pub(crate) use table::change;
