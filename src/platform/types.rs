//! Plain values that the platform returns, with one meaning on every system.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::file_kind::FileKind;

/// A user of the system.
pub(crate) type UserId = u32;

/// The owner and mode of a file.
///
/// Other systems identify users in another way: expect more fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ownership {
    /// User ID of the owner.
    pub owner: u32,
    /// Permission bits.
    pub mode: u32,
}

impl Ownership {
    /// Returns whether the file belongs to `user` or to root.
    pub(crate) fn belongs_to(self, user: UserId) -> bool {
        self.owner == user || self.owner == 0
    }

    /// Returns whether users other than the owner and root can access the file.
    pub(crate) fn is_accessible_by_others(self) -> bool {
        self.mode & 0o077 != 0
    }
}

/// A user, besides the caller and root, who could have written or replaced a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Writer {
    /// The user; `None` if there can be several, or if it is not known which.
    pub user: Option<UserId>,
    /// The means of the user.
    pub power: Power,
    /// The reason, for sentences.
    pub reason: String,
}

/// The means by which a user can change the content at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Power {
    /// The file belongs to the user.
    Own,
    /// The user can write to the file.
    Write,
    /// The user can put another file in its place.
    Replace,
}

impl Writer {
    pub(crate) fn unknown(power: Power, reason: String) -> Self {
        Self {
            user: None,
            power,
            reason,
        }
    }
}

/// The identity of a file while it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileId {
    /// Device number.
    pub device: u64,
    /// Inode number. Linux: of 64 bits; some file systems of Windows have 128.
    pub inode: u128,
}

/// The file to which a socket is bound, as socket diagnostics report it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BoundFile {
    /// The lower 32 bits of the inode number.
    pub inode: u32,
    /// Device number in the encoding of the kernel.
    pub device: u32,
}

/// The attributes of a file that change with its content. Linux: by
/// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileStat {
    /// The identity of the file.
    pub id: FileId,
    /// The size in bytes.
    pub size: u64,
    /// The time of the last change of the content, in nanoseconds since the Unix epoch.
    /// The owner can set it.
    pub modified_ns: i128,
    /// The time of the last change of the content or an attribute, in nanoseconds since
    /// the Unix epoch. No user can set it.
    pub changed_ns: i128,
}

/// A mount whose file system may never answer. The default is one of which neither the
/// place nor the type is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mount {
    /// The directory at which it is mounted.
    pub point: Option<PathBuf>,
    /// The type of the file system.
    pub kind: Option<String>,
}

impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.point, &self.kind) {
            (Some(point), Some(kind)) => {
                write!(f, "the file system at {} ({kind})", point.display())
            }
            _ => f.write_str("a file system that is not mounted here"),
        }
    }
}

/// The error of an operation that was given up, because a file system did not answer.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0} does not answer")]
pub(crate) struct FileSystemHangs(pub(crate) Mount);

/// Returns whether an operation was given up, because a file system did not answer.
#[must_use]
pub fn is_hang(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(<dyn Error + Send + Sync>::is::<FileSystemHangs>)
}

impl From<FileSystemHangs> for io::Error {
    fn from(error: FileSystemHangs) -> Self {
        Self::new(io::ErrorKind::TimedOut, error)
    }
}

/// The attributes of a file at a path.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FileAttributes {
    /// The identity and the times.
    pub stat: FileStat,
    /// The owner and mode.
    pub ownership: Ownership,
    /// The kind; `None` for a regular file.
    pub kind: Option<FileKind>,
    /// Whether it is a symbolic link.
    pub is_link: bool,
    /// Whether it has a name: it was not deleted.
    pub is_named: bool,
}

/// A file that is open for reading, or only held.
#[derive(Debug)]
pub(crate) struct Readable {
    pub file: File,
    /// The mount of the file if it may hang. The file is then not open for reading: that is
    /// left to a helper.
    pub mount: Option<Mount>,
}

impl Readable {
    /// Duplicates the descriptor, by
    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html) with
    /// `F_DUPFD_CLOEXEC`.
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            file: self.file.try_clone()?,
            mount: self.mount.clone(),
        })
    }
}

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

/// The reason that a living process does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Standstill {
    /// A signal stopped it, until SIGCONT.
    Stopped,
    /// The process that traces it (a debugger) stopped it; 0 if the tracer is outside the
    /// PID namespace of this process.
    Traced { by: u32 },
    /// Its cgroup is frozen, until another value is written to this file.
    Frozen { control: PathBuf },
}

impl fmt::Display for Standstill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("stopped by a signal"),
            Self::Traced { by: 0 } => f.write_str("stopped by a debugger"),
            Self::Traced { by } => write!(f, "stopped by a debugger, PID {by}"),
            Self::Frozen { control } => write!(f, "frozen by {}", control.display()),
        }
    }
}

/// The right without which a process cannot be examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MissingRight {
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
    /// The start time in milliseconds since the Unix epoch, computed with the present
    /// difference of the clocks. Linux: with a resolution of 10 ms.
    pub started_at_unix_ms: u64,
    /// Whether the process is a thread of the kernel and runs no program.
    pub is_kernel_thread: bool,
}

/// The start of a process, as exact as the kernel tells it.
///
/// Linux: field 22 of
/// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html), without
/// the offset of the reader's time namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartTime {
    /// Time since boot in ticks, including suspended time, as the initial time namespace
    /// counts it.
    pub ticks: u64,
    /// Number of ticks in a second; 100 on most architectures.
    pub ticks_per_second: u32,
}

/// The executable that a process runs, not opened for reading.
#[derive(Debug)]
pub(crate) struct ImageFile {
    /// The path that the kernel remembers, without the suffix of a deleted file; `None` if
    /// it is too long for the kernel to report.
    pub path: Option<PathBuf>,
    /// The attributes of the file.
    pub stat: FileStat,
    /// The file, with no right to read it.
    pub file: File,
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

/// The peer of a socket, as the kernel reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerCredentials {
    /// PID of the process that called `listen`; 0 if that process is outside the PID
    /// namespace of this one.
    pub pid: u32,
    /// Effective user ID of that process at that time.
    pub uid: UserId,
}

/// The state of a stream after `connect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connectedness {
    /// Not connected: the queue of the listener is full.
    NotConnected,
    /// Connected to the listener of this process.
    Connected(PeerCredentials),
}

/// A process described for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProcessFacts {
    /// The program, without its arguments, or the name of a process without a command line.
    pub command: String,
    /// The name of the user, or the number of a user without a name.
    pub user: Option<String>,
}

/// A socket on which a process listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListeningSocket {
    /// The inode number of the socket.
    pub inode: u32,
    /// The address.
    pub address: ListeningAddress,
}

/// The address of a listening socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListeningAddress {
    /// A path as it was given to the system, or a name in the abstract namespace after `@`.
    Unix {
        /// The path or name.
        path: String,
        /// The file, with the lower 32 bits of its inode number; `None` for an abstract name.
        file: Option<FileId>,
    },
    /// An IP address and a port.
    Tcp(SocketAddr),
}
