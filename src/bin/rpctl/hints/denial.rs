//! Hints about a signal that was not sent.

use std::io::ErrorKind;

use rpctl::__private;
use rpctl::control::{Denial, Protected, SendError};
use rpctl::{Reason, Report};

use super::again::again;
use super::asked::Asked;

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
            let accept = "make the record and the directories above it yours alone (chmod \
                          go-w, chown, setfacl -b), or accept it as it is: --trust-record";
            as_owner.into_iter().chain([accept.to_owned()]).collect()
        }
        Denial::Protected {
            what: Protected::PerhapsAncestor,
            ..
        } => vec![
            "run it where the processes above it can be seen, or with more open files (ulimit -n)"
                .to_owned(),
        ],
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
    let sudo = match owner {
        _ if owner == __private::user_id() => return None,
        _ if __private::user_id() == 0 => format!("setpriv --reuid={owner} --clear-groups"),
        0 => "sudo".to_owned(),
        _ => format!("sudo -u '#{owner}'"),
    };
    Some(format!(
        "run it as the owner of the record: {sudo} rpctl {command} {record}"
    ))
}

/// Returns what to do about a signal that could not be sent. Windows has no signal that asks
/// a process to exit.
pub(crate) fn for_unsent(error: &SendError, report: &Report, asked: Asked<'_>) -> String {
    match error {
        SendError::System(error) if error.kind() == ErrorKind::Unsupported => {
            format!("to end it at once: rpctl kill {}", again(report, asked))
        }
        _ => right_to_signal().to_owned(),
    }
}

/// Returns the hint about a signal that the system refused.
fn right_to_signal() -> &'static str {
    match __private::user_id() {
        0 => "root may not signal it from here: run it outside of this container",
        _ => "run it as the daemon's user, or as root",
    }
}
