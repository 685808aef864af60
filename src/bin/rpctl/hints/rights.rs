//! Hints about a right that is missing in fact. Another user is no remedy if this one has
//! all that a user can have.

use rpctl::__private;
use rpctl::{Outcome, Report};

/// Returns where or as which user a probe of `record` sees more; `None` if root sees all.
pub(crate) fn elsewhere(report: &Report, record: &str) -> Option<String> {
    let is_root = __private::user_id() == 0;
    let unknown = report
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Unknown);
    let details: Vec<&str> = unknown
        .filter_map(|check| check.detail.as_deref())
        .collect();
    let is_said = |text: &str| details.iter().any(|detail| detail.contains(text));
    Some(if is_said("Too many open files") {
        "allow more open files (ulimit -n), and run it again".to_owned()
    } else if is_said("seccomp") {
        "allow pidfd_open in the seccomp profile of this sandbox, or run it outside".to_owned()
    } else if is_said("/proc is not mounted") {
        "mount it: mount -t proc proc /proc".to_owned()
    } else if is_said("Linux 5.3") {
        "run it on Linux 5.3 or later".to_owned()
    } else if !is_root && is_said("its own user") {
        format!("run it as root: sudo rpctl probe {record}")
    } else if !is_root {
        format!("run it as the daemon's user, or as root: sudo rpctl probe {record}")
    } else if is_said("CAP_SYS_PTRACE") || is_said("hidepid") {
        "run it outside of this container, or give the container CAP_SYS_PTRACE (--cap-add \
         SYS_PTRACE)"
            .to_owned()
    } else if is_said("not permitted") {
        "run it outside of this container or user namespace".to_owned()
    } else {
        return None;
    })
}
