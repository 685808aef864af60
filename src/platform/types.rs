//! What the platform layer answers with: plain values, the same everywhere.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use serde::Serialize;

/// The owner and mode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ownership {
    /// User ID of the owner.
    pub owner: u32,
    /// Permission bits.
    pub mode: u32,
}

impl Ownership {
    /// Returns whether the file belongs to `user` or to root.
    pub(crate) fn belongs_to(self, user: u32) -> bool {
        self.owner == user || self.owner == 0
    }

    /// Returns whether users other than the owner and root can write to the file.
    pub(crate) fn is_writable_by_others(self) -> bool {
        self.mode & 0o022 != 0
    }

    /// Returns whether users other than the owner and root can access the file.
    pub(crate) fn is_accessible_by_others(self) -> bool {
        self.mode & 0o077 != 0
    }
}

/// What identifies a file while it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId {
    /// Device number.
    pub device: u64,
    /// Inode number.
    pub inode: u64,
}

/// A file as `stat(2)` describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileStat {
    /// Which file.
    pub id: FileId,
    /// Its size in bytes.
    pub size: u64,
    /// When its content was last modified, in nanoseconds since the Unix epoch;
    /// its owner can set it.
    pub modified_ns: i128,
    /// When anything about it last changed, in nanoseconds since the Unix epoch;
    /// nobody can set it.
    pub changed_ns: i128,
}

/// The executable that a process runs.
#[derive(Debug)]
pub(crate) struct Image {
    /// The file, opened through the process: it is the running image even after
    /// its path was replaced.
    pub file: File,
    /// Which file it is.
    pub stat: FileStat,
    /// The name the kernel remembers; may carry the suffix `" (deleted)"`.
    /// `None` when it is longer than the kernel tells.
    pub link: Option<PathBuf>,
}

/// What keeps a running image from being examined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    /// The process belongs to somebody else.
    #[error("not permitted to look at the executable of this process")]
    Denied,
    /// A kernel thread has no executable.
    #[error("the process has no executable (a kernel thread)")]
    NoImage,
    /// The process ended meanwhile.
    #[error("the process ended meanwhile")]
    Gone,
    /// It runs another file by now.
    #[error("the process started another program while it was examined")]
    Changed,
    /// Anything else.
    #[error("{0}")]
    Io(#[source] io::Error),
}

/// Whether a pinned process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Liveness {
    /// It runs, sleeps or is stopped.
    Alive,
    /// It has exited; its parent has not yet collected the status.
    Zombie,
    /// It has exited and is gone.
    Reaped,
}

/// What keeps a process from being pinned.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinError {
    /// Nothing has this number.
    #[error("no process has this ID")]
    NoSuchProcess,
    /// The number belongs to a thread of another process.
    #[error("this is a thread, not a process")]
    Thread {
        /// The process the thread belongs to, where that can be told.
        of: Option<u32>,
    },
    /// Not permitted, or hidden (`hidepid`).
    #[error("not permitted to look at this process")]
    Denied,
    /// `/proc` shows another PID namespace than the one this process lives in:
    /// what it says about a number is not about the process that has it.
    #[error("/proc is that of another PID namespace, so no process can be examined")]
    ForeignProc,
    /// Anything else.
    #[error("{0}")]
    Io(#[source] io::Error),
}

/// What the kernel says about a pinned process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessStatus {
    /// Its parent.
    pub parent: u32,
    /// When it started, in milliseconds since the Unix epoch, by the clocks as
    /// they stand now (good to 10 ms).
    pub started_at_unix_ms: u64,
    /// Whether it is a thread of the kernel, and runs no program.
    pub is_kernel_thread: bool,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it.
    Signal(i32),
}

/// The kernel's word on who is at the other end of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerCredentials {
    /// Who called `listen`; 0 when that process lives outside our PID
    /// namespace.
    pub pid: u32,
    /// Their effective user ID at that time.
    pub uid: u32,
}

/// A process described for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessFacts {
    /// Command line, or the name where it has none.
    pub command: String,
    /// User name, or the number where it has no name.
    pub user: Option<String>,
}
