//! Descriptions of processes for readers.

use nix::unistd::{Uid, User};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use crate::platform::command_line;
use crate::platform::types::ProcessFacts;

/// Describes the process that has this PID now, by
/// [proc_pid_cmdline(5)](https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html).
///
/// Only for text: the PID may be reused during the call, so no decision may depend on the
/// result.
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
    let command = command_line::program(&words)
        .unwrap_or_else(|| format!("[{}]", process.name().to_string_lossy()));
    let user = process
        .effective_user_id()
        .or(process.user_id())
        // Looks up one user, not all: a directory service can have many.
        .map(|uid| {
            let name = User::from_uid(Uid::from_raw(**uid)).ok().flatten();
            name.map_or_else(|| uid.to_string(), |user| user.name)
        });
    Some(ProcessFacts { command, user })
}
