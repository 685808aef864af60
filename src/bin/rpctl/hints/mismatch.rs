//! Hints about another daemon than the recorded one.

use rpctl::Reason;

use super::names::Names;

/// Returns the hints about another daemon than the recorded one.
pub(super) fn about_mismatch(reason: Reason, names: &Names) -> Option<Vec<String>> {
    Some(match reason {
        Reason::EndpointDiffers => vec![format!(
            "leave --endpoint out to probe the recorded one: rpctl probe {}",
            names.record
        )],
        Reason::Squatted => vec![
            names.listeners(),
            "trust nothing that it says, and find out what it is before you start the daemon again"
                .to_owned(),
        ],
        // A daemon that was restarted may have a thread of that number, too.
        Reason::Superseded if names.is_thread => vec![
            "if the daemon records the number of a thread, have it record its PID; if it was \
             restarted, take its new record"
                .to_owned(),
            names.listeners(),
        ],
        Reason::Superseded if names.is_process_record => vec![
            format!(
                "it was restarted: record the new process: {}",
                names.record_again(&names.successor)
            ),
            names.listeners(),
        ],
        Reason::Superseded => vec![
            "it was restarted: take its new record; this one is out of date".to_owned(),
            names.listeners(),
        ],
        Reason::IdentityMismatch => vec![
            "if that is the daemon, its record is out of date: start it again by its own means"
                .to_owned(),
            names.listeners(),
        ],
        Reason::BootIdMismatch => {
            vec!["restart the daemon, so that it writes a new record".to_owned()]
        }
        Reason::DigestMismatch | Reason::UserMismatch => vec![names.process(), names.inspect()],
        Reason::PathMismatch if names.is_process_record => {
            vec![names.process(), names.inspect()]
        }
        Reason::PathMismatch => vec![
            names.process(),
            "if the program was reinstalled, stop the daemon by its own means and start it again"
                .to_owned(),
        ],
        _ => return None,
    })
}
