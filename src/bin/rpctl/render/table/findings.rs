//! Reports in full: the verdict in a sentence, the checks with their details, the hints.

use std::fmt;

use owo_colors::OwoColorize;
use rpctl::Verdict;

use super::checks::CheckTable;
use super::headline::{headline, title};
use super::list;
use super::text::{hints, sections, waited};
use super::unread::{is_unread, unread};
use crate::render::diagnoses::{Diagnoses, PackedDiagnosis};
use crate::render::findings::{Findings, Layout};
use crate::render::plain;
use crate::render::results::Diagnosis;
use crate::render::style::Page;

pub(in crate::render) fn findings(
    findings: &Findings<'_>,
    page: &Page,
    out: &mut dyn fmt::Write,
) -> fmt::Result {
    let all = findings.diagnoses;
    match (findings.layout, all.only()) {
        (Layout::ByCount, Some(one)) => out.write_str(&report(&one, page)),
        (Layout::ByCount | Layout::List, _) => reports(all, page, out),
        (Layout::Lines, _) => list::lines(all, page, out),
        // The command warns that there is none.
        (Layout::Listing, _) if all.is_empty() => Ok(()),
        (Layout::Listing, _) => list::lines_with_hints(all, page, out),
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

/// Writes several reports: a line for each daemon that is verified, and the others in full,
/// each below the name of its record.
fn reports(diagnoses: &Diagnoses, page: &Page, out: &mut dyn fmt::Write) -> fmt::Result {
    let is_line =
        |one: &&PackedDiagnosis| one.report().verdict() == Verdict::Verified && !page.is_verbose;
    let (lines, full): (Vec<_>, Vec<_>) = diagnoses.packed().iter().partition(is_line);
    let named = |one: &Diagnosis| {
        let name = page.short_paths(&plain::record(&one.report.target));
        let heading = format!("{name}:").style(page.styles.heading).to_string();
        format!("{heading}\n{}", report(one, page))
    };
    list::rows(
        lines.iter().map(|one| one.report().unpack()),
        None,
        page,
        out,
    )?;
    for (at, one) in full.into_iter().enumerate() {
        if at > 0 || !lines.is_empty() {
            out.write_char('\n')?;
        }
        out.write_str(&named(&one.unpack()))?;
    }
    Ok(())
}
