//! The users who could have written a record.

use super::finding::{Finding, FindingCode};
use crate::platform::{self, Ownership};

/// Returns a finding for each way in which a user other than the caller and root
/// could have written the file itself.
pub(super) fn findings(ownership: Ownership) -> Vec<Finding> {
    let mut findings = Vec::new();
    if ownership.is_writable_by_others() {
        findings.push(Finding::warn(
            FindingCode::WritableByOthers,
            format!("others may write the file (mode {:04o})", ownership.mode),
        ));
    }
    if !ownership.belongs_to(platform::effective_uid()) {
        findings.push(Finding::warn(
            FindingCode::ForeignOwner,
            format!("the file belongs to user ID {}", ownership.owner),
        ));
    }
    findings
}

/// Reports that other users can put another file in its place, for the reason
/// `why`.
pub(super) fn replaceable(why: &str) -> Finding {
    Finding::warn(
        FindingCode::Replaceable,
        format!("others may replace the file: {why}"),
    )
}

/// Joins the findings that let other users have written or replaced the record; `None`
/// if there are none.
pub(crate) fn distrust(findings: &[Finding]) -> Option<String> {
    use FindingCode::{ForeignOwner, Replaceable, WritableByOthers};
    let details: Vec<&str> = findings
        .iter()
        .filter(|finding| {
            matches!(
                finding.finding,
                WritableByOthers | ForeignOwner | Replaceable
            )
        })
        .map(|finding| finding.detail.as_str())
        .collect();
    (!details.is_empty()).then(|| details.join("; "))
}
