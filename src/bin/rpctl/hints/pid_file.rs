//! Hints about the number in a PID file.

use rpctl::Reason;

use super::names::Names;

/// Returns the hints for a reason; `None` if they are those of any other record.
pub(super) fn about_pid_file(reason: Reason, names: &Names) -> Option<Vec<String>> {
    let write_again = || "start the daemon again; it writes a new PID file".to_owned();
    Some(match reason {
        Reason::PidFileOnly => match names.require.clone() {
            Some(require) => vec![require, names.process()],
            None => vec![names.process()],
        },
        Reason::PidFile | Reason::KernelOnly => vec![format!(
            "rpctl record {}--pid-file {} keeps its exact identity",
            names.requirements, names.record
        )],
        Reason::Rebooted | Reason::ProcessExited if names.record == "-" => vec![write_again()],
        Reason::Rebooted | Reason::ProcessExited => vec![
            write_again(),
            format!(
                "rpctl shutdown --remove-record {} removes the stale file",
                names.record
            ),
        ],
        Reason::Zombie | Reason::PidReused => vec![write_again(), names.process()],
        Reason::Superseded => {
            vec!["wait until it has written its number, and probe again".to_owned()]
        }
        Reason::PathMismatch if names.is_thread => vec![
            "have the daemon write its PID, not the number of a thread".to_owned(),
            write_again(),
        ],
        Reason::PathMismatch => vec![
            names.process(),
            "if that is the daemon, name its own executable with --exe; if not, the number was \
             reused or never was that of the daemon"
                .to_owned(),
        ],
        Reason::ForeignNamespace => vec![
            "run rpctl where the daemon runs: inside its container (docker exec, nsenter), or \
             outside of this one"
                .to_owned(),
            format!(
                "if that container has ended, remove the file: {}",
                names.words.remove(&names.record)
            ),
        ],
        Reason::ProcessUnreadable if names.is_exe_missing => vec![
            "check the path after --exe: an executable is required that is there, or that the \
             process has run from there"
                .to_owned(),
            names.process(),
        ],
        Reason::UserMismatch => vec![names.process()],
        Reason::LockedByOther => vec![
            "if the daemon has just been started, wait until it has written its number, and probe \
             again"
                .to_owned(),
            names.process(),
        ],
        Reason::TimeUnusable if names.record == "-" => vec![
            "name the PID file itself: its times tell whether the number was reused".to_owned(),
            names.process(),
        ],
        Reason::YoungerProcess | Reason::TimeUnusable => vec![
            names.process(),
            "if that is the daemon: start it again by its own means, so that it writes a new PID \
             file"
                .to_owned(),
        ],
        _ => return None,
    })
}
