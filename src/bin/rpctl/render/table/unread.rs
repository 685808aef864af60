//! A record that could not be read: what happened, to which record, and what to do next.

use rpctl::Verdict;

use super::text::{sections, waited, wrapped};
use crate::render::results::Diagnosis;
use crate::render::sanitize;
use crate::render::style::Page;

/// Returns whether the record could not be read, so that nothing was checked.
pub(super) fn is_unread(diagnosis: &Diagnosis) -> bool {
    let verdict = diagnosis.report.verdict;
    diagnosis.error.is_some() || matches!(verdict, Verdict::InvalidRecord | Verdict::NoRecord)
}

/// Returns a title, the record below it, and the hints, without a table.
pub(super) fn unread(
    title: String,
    diagnosis: &Diagnosis,
    hints: Vec<String>,
    page: &Page,
) -> String {
    let subject = sanitize::line(&format!("  {}", subject(diagnosis)));
    let subject = wrapped(&page.short_paths(&subject), page.width, "  ");
    let lines = [title, subject].into_iter().chain(waited(diagnosis.waited));
    sections(&[lines.chain(hints).collect()])
}

/// Returns the place of the record, and what may have been meant.
fn subject(diagnosis: &Diagnosis) -> String {
    let target = &diagnosis.report.target;
    let subject = match (target.record.as_deref(), &target.service_name) {
        (Some("-"), _) => "standard input".to_owned(),
        (Some(record), _) => {
            let path = std::path::absolute(record).unwrap_or_else(|_| record.into());
            format!("record {}", path.display())
        }
        (None, service) => format!("service {}", service.as_deref().unwrap_or_default()),
    };
    let candidates = diagnosis.error.as_ref().map(|error| &error.candidates);
    match candidates.map(Vec::as_slice) {
        None | Some([]) => subject,
        Some(alike) => format!("{subject}; did you mean {}?", alike.join(" or ")),
    }
}
