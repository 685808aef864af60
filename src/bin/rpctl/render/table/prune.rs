//! The records of the registry, each with its outcome.

use owo_colors::OwoColorize;
use rpctl::control::KeepReason;
use rpctl::{Report, Verdict};

use super::columns::Column;
use super::list;
use super::text::{hints, sections, wrapped};
use crate::exit_code::ExitCode;
use crate::render::prune_report::{PruneEntry, PruneOutcome, PruneReport};
use crate::render::sanitize;
use crate::render::style::{Page, Styles};

const COLUMNS: [Column; 5] = [
    Column::whole("OUTCOME", 0),
    list::SERVICE,
    Column::whole("PID", 1),
    Column::whole("REASON", 2),
    list::RECORD,
];

pub(in crate::render) fn prune(pruned: &PruneReport, page: &Page) -> String {
    sections(&[
        vec![sentence(pruned, &page.styles)],
        lines(pruned, page),
        details(pruned, page),
        hints(&pruned.hints(), page.width),
    ])
}

/// Returns the table with a line for each record.
fn lines(pruned: &PruneReport, page: &Page) -> Vec<String> {
    let records = pruned.entries.iter().map(|one| &one.report.target.record);
    let directory = list::common_directory(records.map(Option::as_deref));
    let shown = directory.filter(|_| page.width.is_some());
    let rows = pruned.entries.iter().map(|PruneEntry { report, outcome }| {
        let word = word(outcome, pruned.dry_run).to_owned();
        vec![
            word,
            list::service(report),
            list::pid(report),
            reason(report, outcome),
            list::record(report, shown, page),
        ]
    });
    let is_missing = |one: &PruneEntry| one.report.verdict == Verdict::NoRecord;
    if pruned.entries.iter().all(is_missing) {
        return Vec::new();
    }
    let styles = &page.styles;
    let lines = list::table(&COLUMNS, rows.collect(), page, |row| {
        match &pruned.entries[row].outcome {
            PruneOutcome::Pruned { .. } => styles.good,
            kept if kept.is_refusal() => styles.bad,
            PruneOutcome::Kept { .. } => styles.faint,
        }
    });
    lines.collect()
}

/// Returns how many records were removed.
fn sentence(pruned: &PruneReport, styles: &Styles) -> String {
    let files = pruned.entries.iter().map(|one| one.outcome.removed().len());
    let removed = files.clone().filter(|count| *count > 0).count();
    let sockets = files.sum::<usize>() - removed;
    let with_sockets = match sockets {
        0 => String::new(),
        1 => ", with 1 dead socket".to_owned(),
        sockets => format!(", with {sockets} dead sockets"),
    };
    let verb = if pruned.dry_run {
        "would be removed"
    } else {
        "removed"
    };
    let all = list::records(pruned.entries.len());
    let sentence = match removed {
        0 if pruned.code() != ExitCode::Refused => "nothing to remove".to_owned(),
        _ => format!("{removed} of {all} {verb}{with_sockets}"),
    };
    match pruned.code() {
        ExitCode::Proven => format!("✓ {sentence}").style(styles.good).to_string(),
        _ => format!("✗ {sentence}").style(styles.bad).to_string(),
    }
}

fn word(outcome: &PruneOutcome, dry_run: bool) -> &'static str {
    match outcome {
        PruneOutcome::Pruned { .. } if dry_run => "✓ would go",
        PruneOutcome::Pruned { .. } => "✓ removed",
        kept if kept.is_refusal() => "✗ kept",
        PruneOutcome::Kept { .. } => "- kept",
    }
}

/// Returns why a record was removed or kept.
fn reason(report: &Report, outcome: &PruneOutcome) -> String {
    match outcome {
        PruneOutcome::Kept { why, .. } if *why != KeepReason::NotGone => why.to_string(),
        _ => match report.reason {
            Some(reason) => reason.to_string(),
            None => report.verdict.to_string(),
        },
    }
}

/// Returns the explanations that the table has no room for.
fn details(pruned: &PruneReport, page: &Page) -> Vec<String> {
    pruned
        .entries
        .iter()
        .filter_map(|PruneEntry { report, outcome }| match outcome {
            PruneOutcome::Kept {
                why,
                detail: Some(detail),
                ..
            } if *detail != report.summary || *why == KeepReason::NoRecord => {
                let mark = if why.is_refusal() || *why == KeepReason::NoRecord {
                    "✗"
                } else {
                    "-"
                };
                let detail = sanitize::line(detail);
                let line = format!("{mark} {}: {detail}", list::service(report));
                Some(wrapped(&page.short_paths(&line), page.width, "  "))
            }
            _ => None,
        })
        .collect()
}
