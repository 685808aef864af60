//! Processes, and what they run.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::files::{FileStat, Readable, UserId};

/// The executable that a process runs.
#[derive(Debug)]
pub(crate) struct Image {
    /// The file, opened through the process: the running image, even if its path names
    /// another file now.
    pub file: Readable,
    /// The attributes of the file.
    pub stat: FileStat,
    /// Whether the file has no name any more, or never had one.
    pub is_unlinked: bool,
    /// The path that the kernel remembers, possibly with the suffix `" (deleted)"`;
    /// `None` if it is too long for the kernel to report.
    pub link: Option<PathBuf>,
}

/// The reasons that a running image cannot be examined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    /// The process belongs to another user.
    #[error("not permitted to look at the executable of this process: {0}")]
    Denied(MissingRight),
    /// A kernel thread has no executable.
    #[error("the process has no executable (a kernel thread)")]
    NoImage,
    /// The process ended while it was examined.
    #[error("the process ended while it was examined")]
    Gone,
    /// The process executed another file while it was examined.
    #[error("the process started another program while it was examined")]
    Changed,
    /// Any other error of the system.
    #[error("{0}")]
    Io(#[source] io::Error),
}

/// The executable that a process runs, not opened for reading.
#[derive(Debug)]
pub(crate) struct ImageFile {
    /// The path that the kernel remembers, without the suffix of a deleted file; `None` if
    /// it is too long for the kernel to report.
    pub path: Option<PathBuf>,
    /// The attributes of the file.
    pub stat: FileStat,
    /// Whether the file has no name any more, or never had one.
    pub is_unlinked: bool,
    /// The file, with no right to read it.
    pub file: File,
}

/// The state of a pinned process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// The process runs, sleeps or is stopped.
    Alive,
    /// The process has exited; its parent has not yet collected the exit status.
    Zombie,
    /// The process has exited, and its exit status was collected.
    Reaped,
}

/// The right without which a process cannot be examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MissingRight {
    /// The capability to look at the processes of other users.
    #[error("CAP_SYS_PTRACE is missing")]
    Ptrace,
    /// The capability to look at a process with capabilities, or one that is not dumpable.
    #[error(
        "CAP_SYS_PTRACE is missing, which its own user needs for a process that has capabilities \
         or is not dumpable"
    )]
    PtraceOfOwn,
    /// The mount option of `/proc` that hides processes.
    #[error("/proc hides it (hidepid)")]
    HidePid,
    /// A filter of system calls.
    #[error("seccomp forbids pidfd_open")]
    Seccomp,
    /// The kernel has no pidfds.
    #[error("there is no pidfd_open, which Linux 5.3 brought")]
    Pidfd,
    /// There is no `/proc`.
    #[error("/proc is not mounted")]
    Proc,
    /// A right in the access control list of a process of Windows.
    #[error("its access control list does not allow it")]
    AccessList,
    /// The right of root to look at the processes of other users. macOS.
    #[error("the process belongs to another user")]
    OtherUser,
    /// None that is known.
    #[error("a user namespace or a security module forbids it")]
    Other,
}

/// The reasons that a process cannot be pinned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinError {
    /// No process has the PID.
    #[error("no process has this ID")]
    NoSuchProcess,
    /// The number is the ID of a thread of another process.
    #[error("this is a thread, not a process")]
    Thread {
        /// The PID of that process, if it is known.
        of: Option<u32>,
    },
    /// Not permitted here.
    #[error("not permitted to look at processes here: {0}")]
    Denied(MissingRight),
    /// `/proc` belongs to another PID namespace than this process, so its numbers are
    /// those of other processes.
    #[error("/proc is that of another PID namespace, so no process can be examined")]
    ForeignProc,
    /// Any other error of the system.
    #[error("{0}")]
    Io(#[source] io::Error),
}

/// The attributes of a pinned process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessStatus {
    /// PID of the parent.
    pub parent: u32,
    /// ID of the session.
    pub session: u32,
    /// The start time in milliseconds since the Unix epoch, computed with the present
    /// difference of the clocks. Linux: with a resolution of 10 ms.
    pub started_at_unix_ms: u64,
    /// Whether the process is a kernel thread and runs no program.
    pub is_kernel_thread: bool,
    /// Whether the process has executed a program since it was forked.
    pub has_executed: bool,
}

/// The start of a process, as exact as the kernel tells it.
///
/// Linux: field 22 of
/// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), without
/// the offset of the reader's time namespace. Windows: the time of creation by
/// [GetProcessTimes](https://learn.microsoft.com/windows/win32/api/processthreadsapi/nf-processthreadsapi-getprocesstimes),
/// in 100 ns since 1601. macOS: the time of the start in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartTime {
    /// Time since boot in ticks, including suspended time, as the initial time namespace
    /// counts it. Windows: time since 1601. macOS: time since 1970.
    pub ticks: u64,
    /// Number of ticks in a second; 100 on most architectures of Linux.
    pub ticks_per_second: u32,
}

impl fmt::Display for StartTime {
    /// Writes the time in seconds, as exact as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            ticks,
            ticks_per_second,
        } = *self;
        match ticks_per_second {
            10_000_000 => {
                let (seconds, rest) = (ticks / 10_000_000, ticks % 10_000_000);
                write!(f, "{seconds}.{rest:07} s after 1601")
            }
            1_000_000 => {
                let (seconds, rest) = (ticks / 1_000_000, ticks % 1_000_000);
                write!(f, "{seconds}.{rest:06} s after 1970")
            }
            100 => write!(f, "{}.{:02} s after boot", ticks / 100, ticks % 100),
            other => write!(f, "{ticks} ticks of 1/{other} s after boot"),
        }
    }
}

/// The user IDs of a process. Linux: see
/// [credentials(7)](https://man7.org/linux/man-pages/man7/credentials.7.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserIds {
    /// The user that started the process.
    pub real: UserId,
    /// The user whose rights the process has.
    pub effective: UserId,
    /// The user that the process can become again.
    pub saved: UserId,
    /// The user whose files the process can access.
    pub file_system: UserId,
}

/// The end of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// The process exited with this code.
    Code(i32),
    /// The process was ended by this signal.
    Signal(i32),
}

/// The processes of other PID namespaces that have a number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namesakes {
    /// All processes of the machine can be seen, and no other one has the number.
    None,
    /// A process in an inner namespace has the number there. Its PID here.
    Inner(u32),
    /// This namespace began at this time, in milliseconds since the Unix epoch, and those
    /// outside cannot be seen.
    Outside { began_unix_ms: u64 },
    /// Not all processes can be seen.
    Unknown,
}

/// A process described for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessFacts {
    /// The program, without its arguments, or the name of a process whose program is not known.
    pub command: String,
    /// The name of the user, or the number of a user without a name.
    pub user: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_shown_as_exact_as_its_system_tells_it() {
        let shown = |ticks, ticks_per_second| {
            let start = StartTime {
                ticks,
                ticks_per_second,
            };
            start.to_string()
        };
        assert_eq!(shown(205, 100), "2.05 s after boot");
        assert_eq!(shown(7, 10_000_000), "0.0000007 s after 1601");
        assert_eq!(shown(1_000_012, 1_000_000), "1.000012 s after 1970");
    }
}
