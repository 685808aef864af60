//! The results of commands that act: a daemon that was stopped or started, or an error.

use owo_colors::OwoColorize;
use rpctl::Outcome;

use super::checks::CheckTable;
use super::text::{hints, sections, wrapped};
use super::unread::{is_unread, unread};
use crate::exit_code::ExitCode;
use crate::render::action::{Action, ActionOutcome, ActionReport};
use crate::render::results::{ErrorReport, SpawnedDaemon};
use crate::render::style::{Page, Styles, glyph};
use crate::render::{plain, sanitize, units};
use crate::shell;

/// Returns the action on a daemon; if there was none, with the checks that explain why.
pub(in crate::render) fn action(report: &ActionReport<'_>, page: &Page) -> String {
    let ActionReport {
        diagnosis, action, ..
    } = report;
    let sentences = page.short_paths(&sentences(action, &page.styles));
    let title = wrapped(&sentences, page.width, "  ");
    if action.outcome == ActionOutcome::Refused && is_unread(diagnosis) {
        return unread(title, diagnosis, hints(&action.hints, page.width), page);
    }
    let mut parts = vec![vec![title]];
    if matches!(
        action.outcome,
        ActionOutcome::Refused | ActionOutcome::DryRun
    ) {
        let table = CheckTable::new(&diagnosis.report.checks, page);
        parts.extend([table.lines(), table.details()]);
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

/// Returns the files that belong to a new daemon.
pub(in crate::render) fn daemon(daemon: &SpawnedDaemon, page: &Page) -> String {
    let title = format!(
        "✓ running: {} {} (PID {}) answers",
        daemon.service_name, daemon.service_version, daemon.pid
    );
    let line = |label: &str, value: &str| {
        let value = page.short_paths(&sanitize::line(value));
        format!("{label:<12}  {value}")
    };
    let path = |label, path: &Option<String>| path.as_ref().map(|path| line(label, path));
    let record = daemon.record.as_ref().or(daemon.sidecar.as_ref());
    let idle = units::age(u64::from(daemon.idle_timeout_secs));

    let mut lines = vec![title.style(page.styles.good).to_string(), String::new()];
    lines.push(line("endpoint", &daemon.endpoint.path));
    lines.extend(path("record", &daemon.record));
    lines.extend(path("sidecar", &daemon.sidecar));
    lines.push(line("idle timeout", &idle));
    lines.push(String::new());
    if let Some(path) = record {
        let path = sanitize::line(&shell::file(path.as_ref()));
        lines.push(format!("next: rpctl probe {path}"));
        lines.push(format!("next: rpctl shutdown {path}"));
    }
    lines.join("\n") + "\n"
}

/// Returns an error as one result among others.
pub(in crate::render) fn error(error: &ErrorReport, page: &Page) -> String {
    let message = sanitize::line(&error.message);
    let sentence = format!("{} {message}", glyph(Outcome::Fail));
    let sentence = wrapped(&sentence, page.width, "  ");
    let sentence = sentence.style(page.styles.outcome(Outcome::Fail));
    let advice = plain::advice(error).into_iter();
    let advice = advice.map(|line| wrapped(&line, page.width, "      "));
    sections(&[vec![sentence.to_string()], advice.collect()])
}
