//! Who else could have written a record.

use super::finding::{Finding, FindingCode, warn};
use crate::platform::Trust;

/// Somebody else could have put the file in its place; how.
pub(super) fn replaceable(why: &str) -> Finding {
    warn(
        FindingCode::Replaceable,
        format!("others may replace the file: {why}"),
    )
}

/// Who else could have written the file.
pub(super) fn untrusted(trust: Trust, effective_uid: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    if trust.mode & 0o022 != 0 {
        findings.push(warn(
            FindingCode::WritableByOthers,
            format!("others may write the file (mode {:04o})", trust.mode),
        ));
    }
    if trust.owner != effective_uid && trust.owner != 0 {
        findings.push(warn(
            FindingCode::ForeignOwner,
            format!("the file belongs to user ID {}", trust.owner),
        ));
    }
    findings
}
