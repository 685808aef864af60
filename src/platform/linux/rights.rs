//! The rights that this process lacks, in fact and not by its user: root in a container may
//! have fewer than a user outside.

use rustix::io::Errno;
use rustix::process::geteuid;

use super::mounts::mounts;
use super::proc;
use crate::platform::types::{MissingRight, UserId};

/// The number of CAP_SYS_PTRACE, see
/// [capabilities(7)](https://man7.org/linux/man-pages/man7/capabilities.7.html).
const CAP_SYS_PTRACE: u32 = 19;

/// Returns why the kernel denies this process a look at the files of one that runs as a
/// user, see *Ptrace access mode checking* in
/// [ptrace(2)](https://man7.org/linux/man-pages/man2/ptrace.2.html).
pub(super) fn to_look_at(user: Option<UserId>) -> MissingRight {
    if has_ptrace() {
        return MissingRight::Other;
    }
    if user == Some(geteuid().as_raw()) {
        MissingRight::PtraceOfOwn
    } else {
        MissingRight::Ptrace
    }
}

/// Returns why a process that exists is not in `/proc`. Its mount options are those of
/// [proc(5)](https://man7.org/linux/man-pages/man5/proc.5.html).
pub(super) fn to_see() -> MissingRight {
    let is_hiding = |option: &str| option.starts_with("hidepid=") && option != "hidepid=0";
    let proc = mounts()
        .into_iter()
        .rfind(|mount| mount.point.as_os_str() == "/proc");
    match proc {
        Some(proc) if proc.options.split(',').any(is_hiding) => MissingRight::HidePid,
        _ => MissingRight::Other,
    }
}

/// Returns why
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html), which needs no
/// rights, failed; `None` if that is not for a missing right.
pub(super) fn to_pin(error: Errno) -> Option<MissingRight> {
    let is_filtered = || own_status("Seccomp").is_some_and(|mode| mode.trim() != "0");
    match error {
        Errno::PERM | Errno::ACCESS | Errno::NOSYS if is_filtered() => Some(MissingRight::Seccomp),
        Errno::PERM | Errno::ACCESS => Some(MissingRight::Other),
        Errno::NOSYS => Some(MissingRight::Pidfd),
        _ => None,
    }
}

/// Returns whether this process may look at all processes that it has a number for.
pub(super) fn has_ptrace() -> bool {
    own_status("CapEff")
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .is_some_and(|set| set & (1 << CAP_SYS_PTRACE) != 0)
}

fn own_status(name: &str) -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    proc::field(&status, name).map(str::to_owned)
}
