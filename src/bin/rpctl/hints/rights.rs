//! Hints about a right that is missing in fact. Another user is no remedy if this one has
//! all that a user can have.

use rpctl::__private;
use rpctl::process::MissingRight;
use rpctl::{Outcome, Report};

use crate::words::Words;

/// Returns the place or the user with which a command that probes sees more than in `report`;
/// `None` if root sees all.
pub(crate) fn elsewhere(report: &Report, command: &str) -> Option<String> {
    let unknown = report
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Unknown);
    let details: Vec<&str> = unknown
        .filter_map(|check| check.detail.as_deref())
        .collect();
    let is_said = |text: &str| details.iter().any(|detail| detail.contains(text));
    let is_root = __private::user_id() == 0;
    Some(if is_said("Too many open files") {
        format!("{}, and run it again", Words::HERE.more_files())
    } else if is_said("seccomp") {
        without_right(MissingRight::Seccomp, command)
    } else if is_said("/proc is not mounted") {
        without_right(MissingRight::Proc, command)
    } else if is_said("Linux 5.3") {
        without_right(MissingRight::Pidfd, command)
    } else if is_said("its own user") {
        without_right(MissingRight::PtraceOfOwn, command)
    } else if !is_root || is_said("CAP_SYS_PTRACE") || is_said("hidepid") {
        without_right(MissingRight::Ptrace, command)
    } else if is_said("not permitted") {
        without_right(MissingRight::Other, command)
    } else {
        return None;
    })
}

/// Returns the place or the user with the right that a command lacks here.
pub(crate) fn without_right(missing: MissingRight, command: &str) -> String {
    let is_root = __private::user_id() == 0;
    match missing {
        MissingRight::AccessList => Words::HERE.with_rights(command),
        MissingRight::Seccomp => {
            "allow pidfd_open in the seccomp profile of this sandbox, or run it outside".to_owned()
        }
        MissingRight::Proc => "mount it: mount -t proc proc /proc".to_owned(),
        MissingRight::Pidfd => "run it on Linux 5.3 or later".to_owned(),
        MissingRight::PtraceOfOwn if !is_root => Words::HERE.with_all_rights(command),
        _ if !is_root => Words::HERE.with_rights(command),
        MissingRight::Ptrace | MissingRight::PtraceOfOwn | MissingRight::HidePid => {
            "run it outside of this container, or give the container CAP_SYS_PTRACE (--cap-add \
             SYS_PTRACE)"
                .to_owned()
        }
        _ => "run it outside of this container or user namespace".to_owned(),
    }
}
