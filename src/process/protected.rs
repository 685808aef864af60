//! Processes that are never signalled, whatever a record says.

use crate::platform::{self, PinnedProcess};

/// The kind of a process that is never signalled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protected {
    /// The calling process.
    Caller,
    /// The parent of the caller, or a process further above.
    Ancestor,
    /// A process that may be an ancestor of the caller: a process in between is
    /// hidden, or no descriptor is left to look with.
    PerhapsAncestor,
    /// The first process, PID 1.
    Init,
    /// A kernel thread.
    KernelThread,
    /// A process of Windows without which the system stops.
    Critical,
}

impl Protected {
    pub(crate) fn description(self) -> &'static str {
        match self {
            Self::Caller => "is this very process",
            Self::Ancestor => "is an ancestor of this process",
            Self::PerhapsAncestor => {
                "may be an ancestor of this process (a process in between cannot be inspected)"
            }
            Self::Init => "is the init process",
            Self::KernelThread => "is a kernel thread",
            Self::Critical => "is a process without which the system stops",
        }
    }
}

/// Returns the reason why `process` is never signalled, if there is one.
pub(crate) fn protection(process: &PinnedProcess) -> Option<Protected> {
    let pid = process.pid();
    if pid == std::process::id() {
        return Some(Protected::Caller);
    }
    if pid == 1 {
        return Some(Protected::Init);
    }
    match platform::is_ancestor(process) {
        Ok(true) => return Some(Protected::Ancestor),
        Ok(false) => {}
        Err(_) => return Some(Protected::PerhapsAncestor),
    }
    if process.is_critical() {
        return Some(Protected::Critical);
    }
    let status = process.status();
    status
        .is_ok_and(|status| status.is_kernel_thread)
        .then_some(Protected::KernelThread)
}
