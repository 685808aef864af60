//! The listing: a line a record.

use std::path::Path;

use rpctl::{Report, Verdict};

use super::columns::{fit_list, lay_out};
use super::report as table;
use super::style::{Styles, verdict_glyph};
use crate::render::json::report::Diagnosis;
use crate::render::sanitize;

/// The verdict comes first: whatever a record calls itself stands behind it.
const HEADER: [&str; 5] = ["VERDICT", "SERVICE", "REASON", "PID", "RECORD"];

/// The listing, and what to do about what it shows.
pub(crate) fn render_with_hints(
    diagnoses: &[Diagnosis],
    width: Option<usize>,
    styles: &Styles,
) -> String {
    let has = |verdict| diagnoses.iter().any(|one| one.report.verdict == verdict);
    let mut hints = Vec::new();
    if has(Verdict::NotRunning) {
        hints.push("rpctl prune --dry-run shows which records can be removed".to_owned());
    }
    if diagnoses.iter().any(|one| needs_a_look(&one.report)) {
        hints.push("rpctl probe --all shows every check and what to do".to_owned());
    }
    let listing = render(diagnoses, width, styles);
    match table::hints(&hints, width).as_slice() {
        [] => listing,
        hints => format!("{listing}\n{}\n", hints.join("\n")),
    }
}

fn needs_a_look(report: &Report) -> bool {
    !matches!(report.verdict, Verdict::Verified | Verdict::NotRunning)
}

/// A line for each report, in at most `width` columns; `None` shows everything.
pub(crate) fn render(diagnoses: &[Diagnosis], width: Option<usize>, styles: &Styles) -> String {
    let directory = common_directory(diagnoses.iter().map(|one| &one.report));
    let mut lines = vec![table::wrapped(&heading(diagnoses, directory), width, "  ")];
    if !diagnoses.is_empty() {
        let shown = directory.filter(|_| width.is_some());
        let mut rows: Vec<[String; 5]> = diagnoses
            .iter()
            .map(|one| cells(&one.report, shown))
            .collect();
        let columns = width.map_or(HEADER.len(), |width| fit_list(&mut rows, HEADER, width));
        let style = |row: usize| (0, styles.verdict(diagnoses[row].report.verdict));
        lines.push(String::new());
        lines.extend(lay_out(&HEADER[..columns], &rows, styles, style));
    }
    lines.join("\n") + "\n"
}

/// `3 records in DIRECTORY: 1 verified, 2 not_running`.
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

/// `1 record`, `2 records`.
pub(crate) fn records(count: usize) -> String {
    format!("{count} record{}", if count == 1 { "" } else { "s" })
}

/// The directory of all records, where it is one.
pub(crate) fn common_directory<'a>(
    reports: impl IntoIterator<Item = &'a Report>,
) -> Option<&'a Path> {
    let mut directories = reports
        .into_iter()
        .map(|report| Path::new(report.target.manifest.as_deref()?).parent());
    let first = directories.next()??;
    let is_named = !first.as_os_str().is_empty();
    (is_named && directories.all(|other| other == Some(first))).then_some(first)
}

fn cells(report: &Report, directory: Option<&Path>) -> [String; 5] {
    [
        format!("{} {}", verdict_glyph(report.verdict), report.verdict),
        service(report),
        report.reason.map_or("", |reason| reason.name()).to_owned(),
        report
            .target
            .pid
            .map_or_else(String::new, |pid| pid.to_string()),
        record(report, directory),
    ]
}

/// `NAME@VERSION`, as `--service` takes it; the name of the file where the record
/// says none.
pub(crate) fn service(report: &Report) -> String {
    let target = &report.target;
    let text = match (&target.service_name, &target.service_version) {
        (Some(name), Some(version)) => format!("{name}@{version}"),
        (Some(name), None) => name.clone(),
        (None, _) => {
            let path = Path::new(target.manifest.as_deref().unwrap_or("-"));
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        }
    };
    sanitize::line(&text)
}

/// The path of the record; its name alone where the directory is said already.
pub(crate) fn record(report: &Report, directory: Option<&Path>) -> String {
    let target = &report.target;
    let path = Path::new(target.manifest.as_deref().unwrap_or("-"));
    let name = directory
        .and_then(|directory| path.strip_prefix(directory).ok())
        .unwrap_or(path)
        .to_string_lossy();
    sanitize::line(&match &target.identity_file {
        Some(identity) => format!("{name}, {identity}"),
        None => name.into_owned(),
    })
}
