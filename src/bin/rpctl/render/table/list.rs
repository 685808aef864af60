//! One line per record.

use std::fmt;
use std::path::Path;

use owo_colors::{OwoColorize, Style};
use rpctl::__private::PackedReport;
use rpctl::{LiveProcess, Reason, Report, Verdict};

use super::columns::{Column, Cut, Rows, fit, lay_out};
use super::cut::middle_cut;
use super::text::{hints, wrapped};
use crate::render::diagnoses::Diagnoses;
use crate::render::results::Diagnosis;
use crate::render::style::{Page, verdict_glyph};
use crate::render::{sanitize, units};

/// The greatest width of the name of a service.
const WIDEST_NAME: usize = 32;

/// The name of a service, and the path of a record, whose end is the name of its file.
pub(super) const SERVICE: Column = Column::shortened("SERVICE", 10, Cut::BothEnds, 0);
pub(super) const RECORD: Column = Column::shortened("RECORD", 12, Cut::End, 3);

/// The verdict comes first, so that no text from a record stands before it.
const COLUMNS: [Column; 7] = [
    Column::whole("VERDICT", 0),
    SERVICE,
    Column::whole("PID", 1),
    Column::shortened("USER", 8, Cut::BothEnds, 4),
    Column::whole("UP", 5),
    Column::shortened("REASON", 10, Cut::BothEnds, 2),
    RECORD,
];

/// Writes the list with hints below it.
pub(super) fn lines_with_hints(
    diagnoses: &Diagnoses,
    page: &Page,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let has = |is_it: fn(Verdict) -> bool| diagnoses.reports().any(|one| is_it(one.verdict()));
    let mut next = Vec::new();
    if has(|verdict| verdict == Verdict::NotRunning) {
        next.push("rpctl prune --dry-run shows which records can be removed".to_owned());
    }
    if has(needs_attention) {
        next.push("rpctl probe --all shows every check and what to do".to_owned());
    }
    lines(diagnoses, page, out)?;
    match hints(&next, page.width).as_slice() {
        [] => Ok(()),
        hints => writeln!(out, "\n{}", hints.join("\n")),
    }
}

fn needs_attention(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Verified | Verdict::NotRunning)
}

/// Returns the line for a report that has changed.
pub(crate) fn change(diagnosis: &Diagnosis, page: &Page) -> String {
    let report = &diagnosis.report;
    let verdict = format!("{} {}", verdict_glyph(report.verdict), report.verdict);
    let verdict = verdict.style(page.styles.verdict(report.verdict));
    let pid = match report.target.pid {
        Some(pid) => format!("PID {pid}"),
        None => String::new(),
    };
    let cells = [
        verdict.to_string(),
        service(report),
        report.reason.map_or("", Reason::name).to_owned(),
        pid,
        record(report, None, page),
    ];
    let filled: Vec<String> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
    filled.join("  ")
}

/// Writes a heading, and a line for each report.
pub(super) fn lines(diagnoses: &Diagnoses, page: &Page, out: &mut dyn fmt::Write) -> fmt::Result {
    let directory = common_directory(diagnoses.reports().map(PackedReport::record));
    let heading = page.short_paths(&heading(diagnoses, directory));
    writeln!(out, "{}", wrapped(&heading, page.width, "  "))?;
    if diagnoses.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let reports = diagnoses.reports().map(PackedReport::unpack);
    rows(reports, directory, page, out)
}

/// Writes the table with a line for each report; nothing without any.
pub(super) fn rows(
    reports: impl Iterator<Item = Report>,
    directory: Option<&Path>,
    page: &Page,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let shown = directory.filter(|_| page.width.is_some());
    let each = reports.map(|report| (cells(&report, shown, page), report.verdict));
    let (cells, verdicts): (Rows, Vec<Verdict>) = each.unzip();
    if cells.is_empty() {
        return Ok(());
    }
    let style = |row: usize| page.styles.verdict(verdicts[row]);
    let mut lines = table(&COLUMNS, cells, page, style);
    lines.try_for_each(|line| writeln!(out, "{line}"))
}

/// Returns `3 records in DIRECTORY: 1 verified, 2 not_running`.
fn heading(diagnoses: &Diagnoses, directory: Option<&Path>) -> String {
    let place = directory.map_or_else(String::new, |directory| {
        format!(" in {}", sanitize::line(&directory.to_string_lossy()))
    });
    let counts: Vec<String> = Verdict::ALL
        .iter()
        .filter_map(|&verdict| {
            let is_of = |one: &&PackedReport| one.verdict() == verdict;
            let count = diagnoses.reports().filter(is_of).count();
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
    records: impl IntoIterator<Item = Option<&'a str>>,
) -> Option<&'a Path> {
    let mut directories = records
        .into_iter()
        .map(|record| Path::new(record?).parent());
    let first = directories.next()??;
    let is_named = !first.as_os_str().is_empty();
    (is_named && directories.all(|other| other == Some(first))).then_some(first)
}

/// Returns the table of a list, whose first column has the style that `style` chooses.
pub(super) fn table<S: Fn(usize) -> Style>(
    columns: &[Column],
    mut rows: Rows,
    page: &Page,
    style: S,
) -> impl Iterator<Item = String> + use<S> {
    if page.width.is_some() {
        for row in &mut rows {
            row[1] = middle_cut(&row[1], WIDEST_NAME);
        }
    }
    let columns = fit(columns, &mut rows, page.width);
    lay_out(&columns, rows, &page.styles, 0, style)
}

fn cells(report: &Report, directory: Option<&Path>, page: &Page) -> Vec<String> {
    let process = report.process.as_ref();
    let user = process.and_then(|process| process.user.as_deref());
    let up = process.and_then(|process| up(process, page));
    vec![
        format!("{} {}", verdict_glyph(report.verdict), report.verdict),
        service(report),
        pid(report),
        sanitize::line(user.unwrap_or_default()),
        up.map_or_else(String::new, |seconds| units::age_in(seconds, 1)),
        report.reason.map_or("", Reason::name).to_owned(),
        record(report, directory, page),
    ]
}

/// Returns how many seconds a process has lived.
pub(super) fn up(process: &LiveProcess, page: &Page) -> Option<u64> {
    let started = units::timestamp(process.started_at_unix_ms?)?;
    // Clocks that were set may make it younger than nothing.
    u64::try_from(page.now.duration_since(started).as_secs()).ok()
}

/// Returns the recorded PID.
pub(super) fn pid(report: &Report) -> String {
    let pid = report.target.pid;
    pid.map_or_else(String::new, |pid| pid.to_string())
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
pub(super) fn record(report: &Report, directory: Option<&Path>, page: &Page) -> String {
    let target = &report.target;
    let path = Path::new(target.record.as_deref().unwrap_or("-"));
    let name = directory
        .and_then(|directory| path.strip_prefix(directory).ok())
        .unwrap_or(path)
        .to_string_lossy();
    let record = sanitize::line(&match &target.identity_file {
        Some(identity) => format!("{name}, {identity}"),
        None => name.into_owned(),
    });
    page.short_paths(&record)
}
