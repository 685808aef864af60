//! Processes in words.

use std::io;
use std::path::PathBuf;

use super::process::PinnedProcess;
use super::sys::process as sys;
use super::users;
use crate::platform::types::ProcessFacts;
use crate::platform::waitable::waitable;

/// Describes the process that has this PID now.
///
/// Only for text: the PID may be reused during the call, so no decision may depend on the
/// result.
pub(crate) fn describe(pid: u32) -> Option<ProcessFacts> {
    let process = PinnedProcess::open(pid).ok()?;
    let path = PathBuf::from(sys::image_name(waitable(&process)).ok()?);
    let user = process.uid().ok().and_then(users::user_name);
    Some(ProcessFacts {
        command: path.display().to_string(),
        user,
    })
}

impl PinnedProcess {
    /// Returns that the arguments of another process are not read here.
    ///
    /// # Errors
    ///
    /// Always: they are in the memory of that process.
    #[expect(clippy::unused_self, reason = "other systems need the process")]
    pub(crate) fn arguments(&self) -> io::Result<String> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
