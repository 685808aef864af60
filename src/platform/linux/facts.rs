//! Descriptions of processes for readers.

use std::io;

use nix::unistd::{Uid, User};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

use super::process::PinnedProcess;
use crate::platform::command_line;
use crate::platform::types::ProcessFacts;

/// Describes the process that has this PID now, by
/// [proc_pid_exe(5)](https://man7.org/linux/man-pages/man5/proc_pid_exe.5.html), because a
/// process can write anything in place of its command line. Without permission to look at
/// the executable, only the name is known, which a process can set, too.
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
            .with_exe(UpdateKind::Always)
            .with_user(UpdateKind::Always)
            .without_tasks(),
    );
    let process = system.process(pid)?;
    let words: Vec<_> = process
        .cmd()
        .iter()
        .map(|word| word.to_string_lossy())
        .collect();
    let command = match process.exe() {
        Some(program) => command_line::program(&program.to_string_lossy(), &words),
        None => format!("[{}]", process.name().to_string_lossy()),
    };
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

impl PinnedProcess {
    /// Returns the arguments of the command line that may be shown, by
    /// [proc_pid_cmdline(5)](https://man7.org/linux/man-pages/man5/proc_pid_cmdline.5.html).
    ///
    /// # Errors
    ///
    /// The error of the system if it cannot be read.
    pub(crate) fn arguments(&self) -> io::Result<String> {
        let line = self.read("cmdline")?;
        let words: Vec<&str> = line.trim_end_matches('\0').split('\0').collect();
        Ok(command_line::arguments(&words))
    }
}
