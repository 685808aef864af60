//! The documents of the other results.

use rpctl::control::KeepReason;
use rpctl::record::Finding;
use rpctl::{Reason, Report, Target, Verdict};
use serde::Serialize;

use super::text::SCHEMA_VERSION;
use crate::exit_code::ExitCode;
use crate::render::daemon::SpawnedDaemon;
use crate::render::inspection::{Fields, Inspection};
use crate::render::prune_report::{PruneEntry, PruneOutcome, PruneReport};

#[derive(Serialize)]
struct InspectionDocument<'a> {
    schema_version: u32,
    command: &'static str,
    exit_code: u8,
    summary: &'a str,
    hints: &'a [String],
    target: &'a Target,
    size_bytes: u64,
    findings: &'a [Finding],
    record: &'a Fields<'a>,
}

pub(in crate::render) fn inspection(inspection: &Inspection<'_>) -> impl Serialize {
    InspectionDocument {
        schema_version: SCHEMA_VERSION,
        command: "inspect-manifest",
        exit_code: inspection.code.number(),
        summary: &inspection.summary,
        hints: &inspection.hints,
        target: &inspection.target,
        size_bytes: inspection.size_bytes,
        findings: inspection.findings,
        record: &inspection.fields,
    }
}

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

#[derive(Serialize)]
struct DaemonDocument<'a> {
    schema_version: u32,
    command: &'static str,
    exit_code: u8,
    daemon: &'a SpawnedDaemon,
}

pub(in crate::render) fn daemon(daemon: &SpawnedDaemon) -> impl Serialize {
    DaemonDocument {
        schema_version: SCHEMA_VERSION,
        command: "spawn-self",
        exit_code: ExitCode::Proven.number(),
        daemon,
    }
}
