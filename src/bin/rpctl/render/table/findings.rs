//! Reports in full: the verdict in a sentence, the checks with their details, the hints.

use owo_colors::OwoColorize;
use rpctl::{Report, Verdict};

use super::checks::CheckTable;
use super::headline::{headline, title};
use super::list;
use super::text::{hints, sections, waited};
use super::unread::{is_unread, unread};
use crate::render::plain;
use crate::render::results::{Diagnosis, Findings, Layout};
use crate::render::style::Page;

pub(in crate::render) fn findings(findings: &Findings<'_>, page: &Page) -> String {
    match (findings.layout, findings.diagnoses) {
        (Layout::ByCount, [one]) => report(one, page),
        (Layout::ByCount | Layout::List, several) => reports(several, page),
        (Layout::Lines, several) => list::lines(several, page),
        // The command warns that there is none.
        (Layout::Listing, []) => String::new(),
        (Layout::Listing, several) => list::lines_with_hints(several, page),
    }
}

fn report(diagnosis: &Diagnosis, page: &Page) -> String {
    let report = &diagnosis.report;
    let hints = hints(&diagnosis.hints, page.width);
    if is_unread(diagnosis) {
        return unread(title(report, page), diagnosis, hints, page);
    }
    let table = CheckTable::new(&report.checks, page);
    sections(&[
        headline(report, page)
            .into_iter()
            .chain(waited(diagnosis.waited))
            .collect(),
        table.lines(),
        table.details(),
        hints,
    ])
}

/// Returns several reports: a line for each daemon that is verified, and the others in full,
/// each below the name of its record.
fn reports(diagnoses: &[Diagnosis], page: &Page) -> String {
    let is_line = |one: &&Diagnosis| one.report.verdict == Verdict::Verified && !page.is_verbose;
    let (lines, full): (Vec<_>, Vec<_>) = diagnoses.iter().partition(is_line);
    let named = |one: &Diagnosis| {
        let name = page.short_paths(&plain::record(&one.report.target));
        let heading = format!("{name}:").style(page.styles.heading).to_string();
        format!("{heading}\n{}", report(one, page))
    };
    let mut parts: Vec<String> = Vec::new();
    if !lines.is_empty() {
        let reports: Vec<&Report> = lines.iter().map(|one| &one.report).collect();
        parts.push(sections(&[list::rows(&reports, None, page)]));
    }
    parts.extend(full.into_iter().map(named));
    parts.join("\n")
}
