//! Why a recorded process is not verified.

use std::io;

/// The reasons that a recorded process is not verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The recorded process has ended; this is proven.
    #[error("the recorded process is gone: {0}")]
    Gone(Gone),
    /// The recorded process is not one of this host and PID namespace, so nothing here
    /// tells whether it runs.
    #[error("the process was recorded elsewhere: {0}")]
    Elsewhere(Elsewhere),
    /// A process has the recorded PID, and the caller may not look at it.
    #[error("not permitted to look at PID {pid}")]
    NotPermitted {
        /// The PID.
        pid: u32,
    },
    /// The evidence suffices neither for a proof that the process runs nor for one that it
    /// has ended.
    #[error("it is unknown whether the recorded process runs: {0}")]
    Unknown(Doubt),
    /// The system refused to look.
    #[error("cannot look at the process: {0}")]
    System(#[from] io::Error),
}

/// The proof that a recorded process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Gone {
    /// This boot is another one, and it began after the process was recorded.
    #[error("the host was booted since")]
    Rebooted,
    /// No process has the recorded PID.
    #[error("no process has its PID")]
    NoSuchProcess,
    /// The process has exited, and its parent has not collected its exit status.
    #[error("it has exited and is a zombie")]
    Exited,
    /// The PID is that of another process, which started at another time, or of a thread.
    #[error("its PID is that of another process now")]
    Reused,
}

/// The sign that a process was recorded elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Elsewhere {
    /// The record is from another machine.
    #[error("on another machine")]
    Machine,
    /// The record is from another operating system, as the form of its boot ID tells.
    #[error("on another system")]
    System,
    /// The record is from another PID namespace: from inside or outside of a container.
    #[error("in another PID namespace (a container)")]
    PidNamespace,
}

/// The evidence that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Doubt {
    /// The recorded PID is 0 or beyond the range of process IDs.
    #[error("the record has no possible PID")]
    Pid,
    /// The record or this host has no boot ID, or a placeholder for it.
    #[error("the boot of the record or of this host is unknown")]
    Boot,
    /// The boot ID is another one, but this boot had begun when the record was made.
    #[error("the boot ID is another one, but by the clocks this boot is the recorded one")]
    Clocks,
    /// The boot ID is another one, and whether the record is from this machine is unknown.
    #[error("the record is from another boot, perhaps of another machine")]
    Machine,
    /// The record or this process does not tell its PID namespace.
    #[error("the PID namespace of the record or of this process is unknown")]
    PidNamespace,
    /// `/proc` is that of another PID namespace.
    #[error("/proc is that of another PID namespace, so no process can be examined")]
    ForeignProc,
    /// The record has no exact start that could be compared, and no pidfs inode.
    #[error("there is no exact start to compare")]
    Start,
}
