//! The users who could have written a record.

use super::finding::{Finding, FindingCode};
use crate::platform::{Power, UserId, Writer};

/// Returns a finding for each user other than the caller and root who could have written
/// or replaced a file.
pub(super) fn findings(writers: Vec<Writer>) -> impl Iterator<Item = Finding> {
    writers.into_iter().map(|writer| {
        let reason = writer.reason;
        let (code, detail) = match writer.power {
            Power::Write => (FindingCode::WritableByOthers, reason),
            Power::Own => (FindingCode::ForeignOwner, reason),
            Power::Replace => (
                FindingCode::Replaceable,
                format!("others may replace the file: {reason}"),
            ),
        };
        Finding {
            suspect: writer.user,
            ..Finding::warn(code, detail)
        }
    })
}

/// Returns the finding for a record that was not read from a file.
pub(super) fn unknown_writer() -> Finding {
    let detail = "standard input is not a file, and who has written it is unknown";
    Finding::warn(FindingCode::UnknownWriter, detail.to_owned())
}

/// Returns the findings that remain if `user` is trusted.
pub(crate) fn trusting(findings: &[Finding], user: UserId) -> Vec<Finding> {
    let others = findings
        .iter()
        .filter(|finding| finding.suspect != Some(user));
    others.cloned().collect()
}

/// Returns whether any finding suspects a single user.
pub(crate) fn suspect_one(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.suspect.is_some())
}

/// Joins the findings that let other users have written or replaced the record; `None`
/// if there are none.
pub(crate) fn distrust(findings: &[Finding]) -> Option<String> {
    use FindingCode::{ForeignOwner, Replaceable, UnknownWriter, WritableByOthers};
    let details: Vec<&str> = findings
        .iter()
        .filter(|finding| {
            matches!(
                finding.finding,
                WritableByOthers | ForeignOwner | Replaceable | UnknownWriter
            )
        })
        .map(|finding| finding.detail.as_str())
        .collect();
    (!details.is_empty()).then(|| details.join("; "))
}
