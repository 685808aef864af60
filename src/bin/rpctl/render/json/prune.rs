//! The document about the records that were pruned and kept.

use rpctl::control::KeepReason;
use rpctl::{Reason, Report, Target, Verdict};
use serde::Serialize;

use super::text::SCHEMA_VERSION;
use crate::render::prune_report::{PruneEntry, PruneOutcome, PruneReport};

#[derive(Serialize)]
struct PruneDocument<'a> {
    schema_version: u32,
    command: &'static str,
    exit_code: u8,
    dry_run: bool,
    pruned: Vec<PrunedObject<'a>>,
    kept: Vec<KeptObject<'a>>,
}

#[derive(Serialize)]
struct PrunedObject<'a> {
    #[serde(flatten)]
    record: RecordObject<'a>,
    removed: &'a [String],
}

#[derive(Serialize)]
struct KeptObject<'a> {
    #[serde(flatten)]
    record: RecordObject<'a>,
    why: KeepReason,
    detail: Option<&'a str>,
}

#[derive(Serialize)]
struct RecordObject<'a> {
    verdict: Verdict,
    reason: Option<Reason>,
    summary: &'a str,
    target: &'a Target,
}

impl<'a> From<&'a Report> for RecordObject<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            verdict: report.verdict,
            reason: report.reason,
            summary: &report.summary,
            target: &report.target,
        }
    }
}

pub(in crate::render) fn prune(report: &PruneReport) -> impl Serialize {
    let mut document = PruneDocument {
        schema_version: SCHEMA_VERSION,
        command: "prune",
        exit_code: report.code().number(),
        dry_run: report.dry_run,
        pruned: Vec::new(),
        kept: Vec::new(),
    };
    for PruneEntry { report, outcome } in &report.entries {
        let record = report.into();
        match outcome {
            PruneOutcome::Pruned(removed) => {
                document.pruned.push(PrunedObject { record, removed });
            }
            PruneOutcome::Kept { why, detail } => document.kept.push(KeptObject {
                record,
                why: *why,
                detail: detail.as_deref(),
            }),
        }
    }
    document
}
