//! Descriptions of processes for readers.

use std::io;

use nix::libc;

use super::process::PinnedProcess;
use super::questions::info;
use super::sys::process as sys;
use super::user_names::user_name;
use crate::platform::command_line;
use crate::platform::macos_forms::arguments::arguments;
use crate::platform::types::ProcessFacts;

/// The longest list of arguments with the environment: `ARG_MAX`.
const MAX_LEN: usize = 1 << 20;

/// Describes the process that has this PID now: by the path of its program, because a process
/// can write anything in place of its arguments.
///
/// Only for text: the PID may be reused during the call, so no decision may depend on the
/// result.
pub(crate) fn describe(pid: u32) -> Option<ProcessFacts> {
    let info = info(pid).ok()??;
    let words = words_of(pid).unwrap_or_default();
    let command = match sys::path(pid) {
        Ok(program) => command_line::program(&program.to_string_lossy(), &words),
        Err(_) => format!("[{}]", info.command),
    };
    let user = info.effective_user;
    let user = user_name(user).unwrap_or_else(|| user.to_string());
    Some(ProcessFacts {
        command,
        user: Some(user),
    })
}

fn words_of(pid: u32) -> io::Result<Vec<String>> {
    let number = i32::try_from(pid).map_err(|_| io::ErrorKind::NotFound)?;
    let name = [libc::CTL_KERN, libc::KERN_PROCARGS2, number];
    arguments(&sys::value(&name, MAX_LEN)?).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

impl PinnedProcess {
    /// Returns the arguments of the command line that may be shown.
    ///
    /// # Errors
    ///
    /// The error of the system if they cannot be read.
    pub(crate) fn arguments(&self) -> io::Result<String> {
        let words = self.looked(words_of(self.pid()))?;
        Ok(command_line::arguments(&words))
    }
}
