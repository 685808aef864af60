//! PID namespaces that no process lives in any more.

use std::path::Path;

use super::proc;
use super::process::PinnedProcess;
use crate::platform::types::{Namesakes, PinError};

/// The link `ns/pid` of the initial PID namespace, whose number the kernel fixes.
const INITIAL: &str = "pid:[4026531836]";

/// The lowest number that the kernel gives to a namespace; those of the initial ones are
/// just below.
const FIRST_NUMBER: u32 = 0xf000_0000;

/// Returns whether the PID namespace `number`, as `[INODE]`, is proven to have no living
/// process, so that all its processes have ended and none can ever enter it: see
/// [pid_namespaces(7)](https://man7.org/linux/man-pages/man7/pid_namespaces.7.html).
///
/// Only the initial namespace shows the processes of all others. `/proc` must be its own and
/// hide no process. A namespace lives as long as its first process, which keeps its PID, so
/// a walk over `/proc` cannot miss it. The kernel gives the numbers of dead namespaces to
/// new ones: a namespace that lives proves nothing.
pub(crate) fn is_pid_namespace_gone(number: &str) -> bool {
    is_number(number) && sees_all() && lives_in(&format!("pid:{number}")) == Some(false)
}

/// Looks for processes of other PID namespaces that have the number `pid` there. A process
/// has a number in its own namespace and in each around it, see
/// [pid_namespaces(7)](https://man7.org/linux/man-pages/man7/pid_namespaces.7.html).
pub(crate) fn namesakes(pid: u32) -> Namesakes {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Namesakes::Unknown;
    };
    let mut is_complete = true;
    for entry in entries {
        let Ok(entry) = entry else {
            is_complete = false;
            break;
        };
        let name = entry.file_name();
        let Some(outer) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        match proc::numbers(outer) {
            Some(numbers) => {
                let is_namesake = numbers.iter().skip(1).any(|&number| number == pid);
                if is_namesake && !proc::is_zombie(outer).unwrap_or_else(|| has_ended(outer)) {
                    return Namesakes::Inner(outer);
                }
            }
            None => is_complete &= has_ended(outer),
        }
    }
    match PinnedProcess::open(1).map(|first| first.status()) {
        _ if is_complete && sees_all() => Namesakes::None,
        Ok(Ok(first)) if !is_initial() => Namesakes::Outside {
            began_unix_ms: first.started_at_unix_ms,
        },
        _ => Namesakes::Unknown,
    }
}

fn is_initial() -> bool {
    link(Path::new("/proc/self")).is_some_and(|link| link == INITIAL)
}

/// Returns whether `/proc` shows every process of the machine.
fn sees_all() -> bool {
    is_initial() && proc::is_ours().is_ok_and(|ours| ours) && !hides_processes()
}

/// Returns whether a namespace can have had this number, as `[INODE]`.
fn is_number(number: &str) -> bool {
    let digits = number.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let parsed = digits.and_then(|digits| digits.parse::<u32>().ok());
    parsed.is_some_and(|parsed| parsed >= FIRST_NUMBER && number == format!("[{parsed}]"))
}

/// Returns whether a process lives in a PID namespace; `None` if that is not known.
fn lives_in(namespace: &str) -> Option<bool> {
    for entry in std::fs::read_dir("/proc").ok()? {
        let name = entry.ok()?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let is_inside = match link(&Path::new("/proc").join(&name)) {
            Some(link) => link == namespace,
            // Some processes show their PIDs, but not their namespaces.
            None => match proc::namespace_depth(pid) {
                Some(1) => namespace == INITIAL,
                None if has_ended(pid) => false,
                _ => return None,
            },
        };
        if is_inside && !proc::is_zombie(pid).unwrap_or_else(|| has_ended(pid)) {
            return Some(true);
        }
    }
    Some(false)
}

fn link(process: &Path) -> Option<String> {
    let link = std::fs::read_link(process.join("ns/pid")).ok()?;
    link.to_str().map(str::to_owned)
}

fn has_ended(pid: u32) -> bool {
    matches!(PinnedProcess::open(pid), Err(PinError::NoSuchProcess))
}

/// Returns whether a mount of `/proc` hides processes, by its option `hidepid`, of
/// [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html).
pub(super) fn hides_processes() -> bool {
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else {
        return true;
    };
    mounts.lines().any(|mount| {
        let mut fields = mount.split(' ');
        let is_proc = fields.nth(4) == Some("/proc");
        let options = fields.flat_map(|field| field.split(','));
        let mut hidden = options.filter_map(|option| option.strip_prefix("hidepid="));
        is_proc && hidden.any(|hidden| !matches!(hidden, "0" | "off"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_no_namespace_can_have_is_not_gone() {
        assert!(is_number("[4026532001]"));
        for other in [
            "[0]",
            "[7]",
            "[04026532001]",
            "[+4026532001]",
            "[9999999999]",
            "[]",
            "4026532001",
        ] {
            assert!(!is_number(other), "{other}");
            assert!(!is_pid_namespace_gone(other), "{other}");
        }
    }
}
