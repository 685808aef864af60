//! What to tell people about a process, beyond its number.

use nix::unistd::{Uid, User};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::platform::types::ProcessFacts;

/// Describe the process that has this ID now.
///
/// For sentences only: nothing is decided by it, as the number may be reused
/// while it is looked at.
pub(crate) fn describe(pid: u32) -> Option<ProcessFacts> {
    let mut system = System::new().ok()?;
    let pid = Pid::from_u32(pid);
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing()
            .with_cmd(UpdateKind::Always)
            .with_user(UpdateKind::Always)
            .without_tasks(),
    );
    let process = system.process(pid)?;
    let words: Vec<_> = process
        .cmd()
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let command = if words.is_empty() {
        format!("[{}]", process.name().to_string_lossy())
    } else {
        words.join(" ")
    };
    let user = process
        .effective_user_id()
        .or(process.user_id())
        // One user is looked up, not all: a directory service may have many.
        .map(|uid| {
            let name = User::from_uid(Uid::from_raw(**uid)).ok().flatten();
            name.map_or_else(|| uid.to_string(), |user| user.name)
        });
    Some(ProcessFacts { command, user })
}
