//! Hints about a record and where it was written.

use rpctl::Reason;

use super::load_error::LOOK;
use super::names::Names;

/// Returns the hints for a command that signals a daemon, and finds no record of it by the name
/// `named`: to wait for one that is just being started would not help.
pub(crate) fn for_no_record(command: &str, named: Option<&str>) -> Vec<String> {
    if let Some(record) = named.and_then(record_number) {
        return vec![record];
    }
    let takes_it = !command.starts_with("signal");
    let accept = takes_it.then(|| "if it may have ended before: --missing-ok".to_owned());
    [LOOK.to_owned()].into_iter().chain(accept).collect()
}

/// Returns how to name a process of which the number was given in place of a record.
fn record_number(named: &str) -> Option<String> {
    let pid: u32 = named.parse().ok()?;
    Some(format!(
        "a number alone may be that of another process by now: if it is the daemon's, record it, \
         and name that record: rpctl record --pid {pid} --service NAME"
    ))
}

/// Leaves out the hint to check a name, for which others are suggested.
pub(crate) fn without_look(hints: &mut Vec<String>) {
    hints.retain(|hint| hint != LOOK);
}

/// Returns the hints about a record and where it was written.
pub(super) fn about_record(reason: Reason, names: &Names) -> Option<Vec<String>> {
    Some(match reason {
        Reason::NoRecord => match record_number(&names.record) {
            Some(record) => vec![record],
            None => vec![LOOK.to_owned(), names.being_started()],
        },
        Reason::Warnings if names.is_peer_suspicious => vec![names.listeners()],
        Reason::RecordInvalid | Reason::Warnings => vec![names.inspect()],
        Reason::NoDaemonRecorded => vec![
            "start the daemon; it records its identity when it is up".to_owned(),
            "if it keeps its identity elsewhere, name that file: rpctl probe FILE".to_owned(),
        ],
        Reason::RecordUnreadable => {
            let Names { identity, .. } = names;
            vec![format!(
                "look at that file alone: rpctl inspect-manifest {identity}"
            )]
        }
        Reason::IdentityHidden => {
            let rights = names.more_rights();
            let rights = rights.map(|run| format!("or, if it belongs to another user, {run}"));
            let name = "name the identity file itself: rpctl probe FILE".to_owned();
            [name].into_iter().chain(rights).collect()
        }
        Reason::ForeignHost => {
            vec!["run rpctl on the machine where the daemon runs".to_owned()]
        }
        Reason::ForeignNamespace => vec![
            "run rpctl where the daemon runs: inside its container (docker exec, nsenter), or \
             outside of this one"
                .to_owned(),
            names.listener.take_over(&names.identity),
        ],
        Reason::NoCommonDigest if names.is_process_record => {
            vec![names.inspect(), names.record_it()]
        }
        Reason::NoCommonDigest => vec![
            names.inspect(),
            "restart the daemon, so that it writes a new record".to_owned(),
        ],
        Reason::KernelOnly => Vec::new(),
        Reason::Reexecuted => {
            let again = names.record_again(&names.pid);
            vec![format!(
                "to compare it with this build from now on: {again}"
            )]
        }
        Reason::Outdated => {
            vec![names.restart("start it again to run the installed version")]
        }
        Reason::Strict => vec![format!(
            "leave --strict out to accept warnings: rpctl probe {}",
            names.again
        )],
        _ => return None,
    })
}
