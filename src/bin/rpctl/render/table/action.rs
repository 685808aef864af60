//! The action on a daemon; if there was none, the checks that explain why.

use owo_colors::OwoColorize;

use super::checks::{checks, details};
use super::text::{hints, sections, wrapped};
use crate::exit_code::ExitCode;
use crate::render::action::{Action, ActionOutcome, ActionReport};
use crate::render::page::Page;
use crate::render::sanitize;
use crate::render::style::Styles;

pub(in crate::render) fn action(report: &ActionReport<'_>, page: &Page) -> String {
    let ActionReport {
        diagnosis, action, ..
    } = report;
    let mut parts = vec![vec![wrapped(
        &sentences(action, &page.styles),
        page.width,
        "  ",
    )]];
    if matches!(
        action.outcome,
        ActionOutcome::Refused | ActionOutcome::DryRun
    ) {
        parts.push(checks(&diagnosis.report.checks, page));
        parts.push(details(&diagnosis.report.checks, page));
    }
    parts.push(hints(&action.hints, page.width));
    sections(&parts)
}

/// Returns the summary, and a line for each file that was removed.
fn sentences(action: &Action, styles: &Styles) -> String {
    let (mark, style) = match action.code {
        ExitCode::Proven => ("✓", styles.good),
        ExitCode::StillAlive | ExitCode::NotRunning => ("!", styles.warning),
        _ => ("✗", styles.bad),
    };
    let summary = format!("{mark} {}", sanitize::line(&action.summary));
    let removed = action.removed.iter();
    let removed = removed.map(|path| format!("removed {}", sanitize::line(path)));
    let mut lines = vec![summary.style(style).to_string()];
    lines.extend(removed);
    lines.join("\n")
}
