//! Hints about a record that could not be read.

use std::io::ErrorKind;

use rpctl::__private;
use rpctl::record::{FileKind, LoadError};

/// The hint for a file system that does not answer. Its mount point is named elsewhere.
pub(crate) const HANGS: &str =
    "/proc/self/mountinfo names what is mounted there; ls, df and stat on it hang, too";

/// The hint for a record that does not exist.
pub(super) const LOOK: &str = "check the name; rpctl list shows the records of your registry";

/// The hint for a process or a thread that could not be started.
pub(crate) const MORE_PROCESSES: &str =
    "allow more processes (ulimit -u, or pids.max of the container), and run it again";

/// Returns the hint for a record that could not be read.
pub(crate) fn for_load_error(error: &LoadError) -> String {
    let hint = match error {
        LoadError::NotFound(_) => LOOK,
        LoadError::NotRegular {
            kind: FileKind::Fifo,
            ..
        } => {
            "a pipe is read from standard input alone: pipe the record in and name it -, or name \
             its file"
        }
        LoadError::NotRegular { .. } => {
            "name the record file itself, or pipe the record in and name it -"
        }
        LoadError::TooLarge => "records are a few hundred bytes; this is some other file",
        LoadError::TooManyElements(_) => {
            "daemons name a few of each; have the daemon write its record again"
        }
        LoadError::Io { source, .. } if source.kind() == ErrorKind::OutOfMemory => {
            "make memory free, or raise the limit of this session, and run it again"
        }
        LoadError::Io { source, .. } if __private::is_out_of_descriptors(source) => {
            "allow more open files (ulimit -n), or name fewer records at once"
        }
        // A process of its own, which reads what may hang, could not be started.
        LoadError::Io { source, .. } if source.kind() == ErrorKind::WouldBlock => MORE_PROCESSES,
        error if error.is_hang() => HANGS,
        LoadError::Io { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
            "check the permissions of the file and of its directories"
        }
        error if error.is_unread() => {
            "the record may be sound: run it again; if that fails, too, look at its file system \
             (df, dmesg)"
        }
        LoadError::Io { .. } => "check the path and the links on it",
        LoadError::Empty => {
            "the writer was interrupted, or nothing was piped in; have the daemon write its \
             record again"
        }
        LoadError::Json { excerpt, .. } if !excerpt.is_empty() => {
            return format!(
                "correct this line, or have the daemon write the file again: {excerpt}"
            );
        }
        LoadError::Json { .. } => "correct the file, or have the daemon write it again",
        LoadError::Protobuf(_) => "the file was cut off or damaged; have the daemon write it again",
        LoadError::UnsupportedSchema(_) => "name the daemon's v1 record, or its identity sidecar",
        LoadError::UnsupportedVersion(_) => {
            "a later rpctl wrote it: update this one, or record the process again with it"
        }
        LoadError::Pid { .. } => {
            "a PID file begins with one decimal number; have the daemon write it again"
        }
        _ => "name a manifest, an identity sidecar, a process record or a PID file",
    };
    hint.to_owned()
}
