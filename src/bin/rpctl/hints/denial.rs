//! Hints about a signal that was not sent.

use std::io::ErrorKind;

use rpctl::__private;
use rpctl::control::{Denial, Protected, SendError};
use rpctl::{Reason, Report};

use super::again::again;
use super::asked::Asked;
use crate::words::Words;

/// Returns the hints for a signal that was not sent. `hints` are those for the report,
/// and `as_owner` is that of [`as_owner`].
pub(crate) fn for_denial(
    denial: &Denial,
    report: &Report,
    hints: &[String],
    as_owner: Option<String>,
) -> Vec<String> {
    match denial {
        Denial::Untrusted { .. } if report.target.record.as_deref() == Some("-") => vec![
            "keep the record in a file that is yours alone, and name that file instead of -; or \
             accept it as it is: --trust-record"
                .to_owned(),
        ],
        Denial::Untrusted { .. } => {
            let accept = Words::HERE.make_private();
            as_owner.into_iter().chain([accept.to_owned()]).collect()
        }
        Denial::Protected {
            what: Protected::PerhapsAncestor,
            ..
        } => vec![format!(
            "run it where the processes above it can be seen, or {}",
            Words::HERE.more_files()
        )],
        Denial::Protected {
            what: Protected::Caller | Protected::Ancestor,
            ..
        } => vec!["run it from a shell that the daemon did not start".to_owned()],
        Denial::Protected { .. } => {
            vec![
                "the record is wrong: start the daemon again, so that it records itself".to_owned(),
            ]
        }
        // The first hint of such a report is to probe with more rights.
        _ => match (hints, as_owner) {
            ([_, rest @ ..], Some(as_owner)) if needs_rights(report.reason) => {
                [&[as_owner], rest].concat()
            }
            _ => hints.to_vec(),
        },
    }
}

/// Returns whether another user may be able to see what this user cannot.
fn needs_rights(reason: Option<Reason>) -> bool {
    matches!(
        reason,
        Some(
            Reason::PermissionDenied
                | Reason::ProcessUnreadable
                | Reason::PeerUnresolved
                | Reason::IdentityHidden
        )
    )
}

/// Returns the hint to run a command as the owner of `record`; `None` if that is the
/// caller. The owner may examine the daemon and trusts the record, which root may not.
pub(crate) fn as_owner(command: &str, record: &str, owner: u32) -> Option<String> {
    if owner == __private::user_id() {
        return None;
    }
    let (run, before) = Words::HERE.as_user(owner);
    Some(format!("{run}: {before}rpctl {command} {record}"))
}

/// Returns what to do about a signal that could not be sent. Windows has no signal that asks
/// a process to exit.
pub(crate) fn for_unsent(error: &SendError, report: &Report, asked: Asked<'_>) -> String {
    match error {
        SendError::System(error) if error.kind() == ErrorKind::Unsupported => {
            format!("to end it at once: rpctl kill {}", again(report, asked))
        }
        _ => Words::HERE.right_to_signal().to_owned(),
    }
}
