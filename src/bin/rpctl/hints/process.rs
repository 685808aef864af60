//! Hints about a process that is gone or cannot be examined.

use std::time::Duration;

use rpctl::Reason;

use super::asked::more_than;
use super::names::Names;
use super::pid_file::about_pid_file;

/// Returns the hints about a process that is gone or cannot be examined.
pub(super) fn about_process(reason: Reason, names: &Names) -> Option<Vec<String>> {
    let start_again = names.start_again();
    Some(match reason {
        Reason::Rebooted | Reason::ProcessExited | Reason::NamespaceGone => vec![start_again],
        Reason::Zombie | Reason::PidReused => vec![start_again, names.process()],
        Reason::YoungerProcess | Reason::TimeUnusable => vec![
            names.process(),
            "if that is the daemon: start it again by its own means, so that it writes a new record"
                .to_owned(),
        ],
        Reason::BootContradicted => vec![
            "run rpctl where the daemon was started: in the same container, unit or machine"
                .to_owned(),
            names.inspect(),
        ],
        Reason::InstanceUnknown => vec![names.process(), names.inspect()],
        Reason::PermissionDenied => vec![names.more_rights().unwrap_or_else(|| names.process())],
        Reason::PeerUnresolved => names
            .more_rights()
            .into_iter()
            .chain([names.listeners()])
            .collect(),
        Reason::BootUnknown => about_unknown_boot(names),
        Reason::ProcessUnreadable => names
            .more_rights()
            .into_iter()
            .chain([names.process()])
            .collect(),
        Reason::PidFile | Reason::PidFileOnly | Reason::LockedByOther => {
            return about_pid_file(reason, names);
        }
        Reason::Emulated => vec![
            names.process(),
            "what an emulator runs cannot be proven: stop the daemon by its own means".to_owned(),
        ],
        Reason::FileSystemHangs => vec![
            names.words.hangs().to_owned(),
            format!(
                "when it answers again: rpctl probe {}; nothing was concluded from its silence",
                names.again
            ),
        ],
        Reason::HashingTimedOut => vec![
            format!(
                "give it more time: rpctl probe --hash-timeout {} {}",
                more_than(names.asked.hash_timeout, Duration::from_mins(10)),
                names.again
            ),
            names.words.executable_size(&names.pid),
        ],
        _ => return None,
    })
}

/// Returns the hints about a record whose boot cannot be compared with this one.
fn about_unknown_boot(names: &Names) -> Vec<String> {
    let next = if names.is_boot_hidden {
        names.words.boot().to_owned()
    } else if names.is_process_record {
        names.record_it()
    } else {
        names.longer()
    };
    vec![next, names.process()]
}
