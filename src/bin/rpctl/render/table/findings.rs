//! Reports in full: the verdict in a sentence, the checks with their details, the hints.

use owo_colors::OwoColorize;

use super::checks::{checks, details};
use super::list;
use super::text::{hints, sections, wrapped};
use crate::render::results::{Diagnosis, Findings, Layout};
use crate::render::style::{Page, verdict_glyph};
use crate::render::{plain, sanitize, units};

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
    let summary = sanitize::line(&report.summary);
    let sentence = format!("{} {summary}", verdict_glyph(report.verdict));
    let sentence = wrapped(&sentence, page.width, "  ");
    let style = page.styles.verdict(report.verdict);
    sections(&[
        [sentence.style(style).to_string()]
            .into_iter()
            .chain(waited(diagnosis))
            .collect(),
        checks(&report.checks, page),
        details(&report.checks, page),
        hints(&diagnosis.hints, page.width),
    ])
}

/// Returns how long the command waited, if it had to.
pub(super) fn waited(diagnosis: &Diagnosis) -> Option<String> {
    let waited = diagnosis.waited?;
    Some(format!("  waited for {}", units::elapsed(waited)))
}

/// Returns several reports, each below the name of its record.
fn reports(diagnoses: &[Diagnosis], page: &Page) -> String {
    let named = |one: &Diagnosis| {
        let name = format!("{}:", plain::record(&one.report.target));
        let heading = name.style(page.styles.heading);
        format!("{heading}\n{}", report(one, page))
    };
    let reports: Vec<String> = diagnoses.iter().map(named).collect();
    reports.join("\n")
}
