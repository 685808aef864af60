//! What was removed from the registry, and what was not.

use owo_colors::OwoColorize;
use rpctl::Target;
use rpctl::control::Keep;
use rpctl::{Reason, Report, Verdict};
use serde::Serialize;

use super::columns::{fit_list, lay_out};
use super::style::Styles;
use super::{list, report as table};
use crate::exit_code::ExitCode;
use crate::render::json::report::SCHEMA_VERSION;
use crate::render::sanitize;

const HEADER: [&str; 5] = ["OUTCOME", "SERVICE", "REASON", "PID", "RECORD"];

/// What to do about records that had to stay.
fn hints(pruned: &Pruned) -> Vec<String> {
    let kept = |wanted: Keep| {
        let mut records = pruned.records.iter();
        records.any(|one| matches!(one.treatment, Treatment::Kept { why, .. } if why == wanted))
    };
    let untrusted = "make such a record yours alone (chmod go-w, chown), or remove it yourself";
    let failed = "run it as the owner of the directory, or as root";
    [(Keep::Untrusted, untrusted), (Keep::Failed, failed)]
        .into_iter()
        .filter(|(why, _)| kept(*why))
        .map(|(_, hint)| hint.to_owned())
        .collect()
}

/// One record, and what became of it.
#[derive(Debug)]
pub(crate) struct Treated {
    pub(crate) report: Report,
    pub(crate) treatment: Treatment,
}

#[derive(Debug)]
pub(crate) enum Treatment {
    /// These files were removed, or would be; the record comes first.
    Pruned(Vec<String>),
    Kept {
        why: Keep,
        /// In words, where the verdict does not say it.
        detail: Option<String>,
    },
}

/// Everything in the registry.
#[derive(Debug)]
pub(crate) struct Pruned {
    pub(crate) dry_run: bool,
    pub(crate) records: Vec<Treated>,
}

impl Pruned {
    /// Success, unless something stale was left behind.
    pub(crate) fn code(&self) -> ExitCode {
        let is_refused = |one: &Treated| matches!(one.treatment, Treatment::Kept { why, .. } if why.is_refusal());
        if self.records.iter().any(is_refused) {
            ExitCode::Refused
        } else {
            ExitCode::Proven
        }
    }
}

#[derive(Serialize)]
pub(crate) struct PruneDocument<'a> {
    schema_version: u32,
    command: &'static str,
    exit_code: u8,
    dry_run: bool,
    pruned: Vec<PrunedRecord<'a>>,
    kept: Vec<KeptRecord<'a>>,
}

#[derive(Serialize)]
struct PrunedRecord<'a> {
    #[serde(flatten)]
    found: Found<'a>,
    removed: &'a [String],
}

#[derive(Serialize)]
struct KeptRecord<'a> {
    #[serde(flatten)]
    found: Found<'a>,
    why: Keep,
    detail: Option<&'a str>,
}

#[derive(Serialize)]
struct Found<'a> {
    verdict: Verdict,
    reason: Option<Reason>,
    summary: &'a str,
    target: &'a Target,
}

impl<'a> PruneDocument<'a> {
    pub(crate) fn new(all: &'a Pruned) -> Self {
        let mut document = Self {
            schema_version: SCHEMA_VERSION,
            command: "prune",
            exit_code: all.code().number(),
            dry_run: all.dry_run,
            pruned: Vec::new(),
            kept: Vec::new(),
        };
        for Treated { report, treatment } in &all.records {
            let found = Found {
                verdict: report.verdict,
                reason: report.reason,
                summary: &report.summary,
                target: &report.target,
            };
            match treatment {
                Treatment::Pruned(removed) => document.pruned.push(PrunedRecord { found, removed }),
                Treatment::Kept { why, detail } => document.kept.push(KeptRecord {
                    found,
                    why: *why,
                    detail: detail.as_deref(),
                }),
            }
        }
        document
    }
}

/// The sentence, a line for each record, and why what is stale was kept.
pub(crate) fn render(pruned: &Pruned, width: Option<usize>, styles: &Styles) -> String {
    let directory = list::common_directory(pruned.records.iter().map(|one| &one.report));
    let shown = directory.filter(|_| width.is_some());
    let mut rows: Vec<[String; 5]> = pruned
        .records
        .iter()
        .map(|Treated { report, treatment }| {
            [
                outcome(treatment, pruned.dry_run).to_owned(),
                list::service(report),
                reason(report, treatment),
                report
                    .target
                    .pid
                    .map_or_else(String::new, |pid| pid.to_string()),
                list::record(report, shown),
            ]
        })
        .collect();
    let columns = width.map_or(HEADER.len(), |width| fit_list(&mut rows, HEADER, width));
    let style = |row: usize| match &pruned.records[row].treatment {
        Treatment::Pruned(_) => (0, styles.good),
        Treatment::Kept { why, .. } if why.is_refusal() => (0, styles.bad),
        Treatment::Kept { .. } => (0, styles.faint),
    };
    let mut sections = vec![vec![sentence(pruned, styles)]];
    if !rows.is_empty() {
        sections.push(lay_out(&HEADER[..columns], &rows, styles, style));
    }
    sections.push(details(pruned, width));
    let hints = hints(pruned);
    if !hints.is_empty() {
        sections.push(table::hints(&hints, width));
    }
    sections.retain(|lines| !lines.is_empty());
    let sections: Vec<String> = sections.iter().map(|lines| lines.join("\n")).collect();
    sections.join("\n\n") + "\n"
}

fn sentence(pruned: &Pruned, styles: &Styles) -> String {
    let removed: Vec<&[String]> = pruned
        .records
        .iter()
        .filter_map(|one| match &one.treatment {
            Treatment::Pruned(files) => Some(files.as_slice()),
            Treatment::Kept { .. } => None,
        })
        .collect();
    let sockets: usize = removed
        .iter()
        .map(|files| files.len().saturating_sub(1))
        .sum();
    let of_sockets = match sockets {
        0 => String::new(),
        1 => ", with 1 dead socket".to_owned(),
        sockets => format!(", with {sockets} dead sockets"),
    };
    let verb = if pruned.dry_run {
        "would be removed"
    } else {
        "removed"
    };
    let all = list::records(pruned.records.len());
    let sentence = format!("{} of {all} {verb}{of_sockets}", removed.len());
    match pruned.code() {
        ExitCode::Proven => format!("✓ {sentence}").style(styles.good).to_string(),
        _ => format!("✗ {sentence}").style(styles.bad).to_string(),
    }
}

fn outcome(treatment: &Treatment, dry_run: bool) -> &'static str {
    match treatment {
        Treatment::Pruned(_) if dry_run => "✓ would go",
        Treatment::Pruned(_) => "✓ removed",
        Treatment::Kept { why, .. } if why.is_refusal() => "✗ kept",
        Treatment::Kept { .. } => "- kept",
    }
}

/// Why a record is gone, or why it is kept.
fn reason(report: &Report, treatment: &Treatment) -> String {
    match treatment {
        Treatment::Kept { why, .. } if *why != Keep::NotGone => why.to_string(),
        _ => match report.reason {
            Some(reason) => reason.to_string(),
            None => report.verdict.to_string(),
        },
    }
}

fn details(pruned: &Pruned, width: Option<usize>) -> Vec<String> {
    pruned
        .records
        .iter()
        .filter_map(|Treated { report, treatment }| match treatment {
            Treatment::Kept {
                why,
                detail: Some(detail),
            } => {
                let mark = if why.is_refusal() { "✗" } else { "-" };
                let detail = sanitize::line(detail);
                let line = format!("{mark} {}: {detail}", list::service(report));
                Some(table::wrapped(&line, width, "  "))
            }
            _ => None,
        })
        .collect()
}
