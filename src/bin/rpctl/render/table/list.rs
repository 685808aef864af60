//! One line per record.

use std::path::Path;

use owo_colors::{OwoColorize, Style};
use rpctl::{Reason, Report, Verdict};

use super::columns::{fit_list, lay_out};
use super::text::{hints, wrapped};
use crate::render::results::Diagnosis;
use crate::render::sanitize;
use crate::render::style::{Page, verdict_glyph};

/// The verdict comes first, so that no text from a record stands before it.
const HEADER: [&str; 5] = ["VERDICT", "SERVICE", "REASON", "PID", "RECORD"];

/// Returns the list with hints below it.
pub(super) fn lines_with_hints(diagnoses: &[Diagnosis], page: &Page) -> String {
    let has = |verdict| diagnoses.iter().any(|one| one.report.verdict == verdict);
    let mut next = Vec::new();
    if has(Verdict::NotRunning) {
        next.push("rpctl prune --dry-run shows which records can be removed".to_owned());
    }
    if diagnoses.iter().any(|one| needs_attention(&one.report)) {
        next.push("rpctl probe --all shows every check and what to do".to_owned());
    }
    let list = lines(diagnoses, page);
    match hints(&next, page.width).as_slice() {
        [] => list,
        hints => format!("{list}\n{}\n", hints.join("\n")),
    }
}

fn needs_attention(report: &Report) -> bool {
    !matches!(report.verdict, Verdict::Verified | Verdict::NotRunning)
}

/// Returns the line for a report that has changed.
pub(crate) fn change(diagnosis: &Diagnosis, page: &Page) -> String {
    let report = &diagnosis.report;
    let [verdict, service, reason, pid, record] = cells(report, None);
    let verdict = verdict
        .style(page.styles.verdict(report.verdict))
        .to_string();
    let pid = if pid.is_empty() {
        pid
    } else {
        format!("PID {pid}")
    };
    let cells = [verdict, service, reason, pid, record];
    let filled: Vec<String> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
    filled.join("  ")
}

/// Returns a heading, and a line for each report.
pub(super) fn lines(diagnoses: &[Diagnosis], page: &Page) -> String {
    let directory = common_directory(diagnoses.iter().map(|one| &one.report));
    let mut lines = vec![wrapped(&heading(diagnoses, directory), page.width, "  ")];
    if !diagnoses.is_empty() {
        let shown = directory.filter(|_| page.width.is_some());
        let rows = diagnoses.iter().map(|one| cells(&one.report, shown));
        lines.push(String::new());
        lines.extend(table(HEADER, rows.collect(), page, |row| {
            page.styles.verdict(diagnoses[row].report.verdict)
        }));
    }
    lines.join("\n") + "\n"
}

/// Returns `3 records in DIRECTORY: 1 verified, 2 not_running`.
fn heading(diagnoses: &[Diagnosis], directory: Option<&Path>) -> String {
    let place = directory.map_or_else(String::new, |directory| {
        format!(" in {}", sanitize::line(&directory.to_string_lossy()))
    });
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .filter_map(|&verdict| {
            let is_of = |one: &&Diagnosis| one.report.verdict == verdict;
            let count = diagnoses.iter().filter(is_of).count();
            (count > 0).then(|| format!("{count} {verdict}"))
        })
        .collect();
    match counts.as_slice() {
        [] => "no records".to_owned(),
        _ => format!("{}{place}: {}", records(diagnoses.len()), counts.join(", ")),
    }
}

/// Returns `1 record`, `2 records`.
pub(super) fn records(count: usize) -> String {
    format!("{count} record{}", if count == 1 { "" } else { "s" })
}

/// Returns the directory of all records, if they share one.
pub(super) fn common_directory<'a>(
    reports: impl IntoIterator<Item = &'a Report>,
) -> Option<&'a Path> {
    let mut directories = reports
        .into_iter()
        .map(|report| Path::new(report.target.record.as_deref()?).parent());
    let first = directories.next()??;
    let is_named = !first.as_os_str().is_empty();
    (is_named && directories.all(|other| other == Some(first))).then_some(first)
}

/// Returns the table of a list, whose first column has the style that `style` chooses.
pub(super) fn table(
    header: [&str; 5],
    mut rows: Vec<[String; 5]>,
    page: &Page,
    style: impl Fn(usize) -> Style,
) -> Vec<String> {
    let fit = |width| fit_list(&mut rows, header, width);
    let columns = page.width.map_or(header.len(), fit);
    lay_out(&header[..columns], &rows, &page.styles, |row| {
        (0, style(row))
    })
}

fn cells(report: &Report, directory: Option<&Path>) -> [String; 5] {
    let verdict = format!("{} {}", verdict_glyph(report.verdict), report.verdict);
    let reason = report.reason.map_or("", Reason::name);
    row(verdict, reason.to_owned(), report, directory)
}

/// Returns the row of a record: `first`, its service, `reason`, its PID and its path.
pub(super) fn row(
    first: String,
    reason: String,
    report: &Report,
    directory: Option<&Path>,
) -> [String; 5] {
    let pid = report.target.pid;
    let pid = pid.map_or_else(String::new, |pid| pid.to_string());
    [
        first,
        service(report),
        reason,
        pid,
        record(report, directory),
    ]
}

/// Returns `NAME@VERSION`, as `--service` takes it, or the name of the file if the
/// record names no service.
pub(super) fn service(report: &Report) -> String {
    let target = &report.target;
    let text = match (&target.service_name, &target.service_version) {
        (Some(name), Some(version)) => format!("{name}@{version}"),
        (Some(name), None) => name.clone(),
        (None, _) => {
            let path = Path::new(target.record.as_deref().unwrap_or("-"));
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        }
    };
    sanitize::line(&text)
}

/// Returns the path of the record, relative to `directory` if it is given.
fn record(report: &Report, directory: Option<&Path>) -> String {
    let target = &report.target;
    let path = Path::new(target.record.as_deref().unwrap_or("-"));
    let name = directory
        .and_then(|directory| path.strip_prefix(directory).ok())
        .unwrap_or(path)
        .to_string_lossy();
    sanitize::line(&match &target.identity_file {
        Some(identity) => format!("{name}, {identity}"),
        None => name.into_owned(),
    })
}
