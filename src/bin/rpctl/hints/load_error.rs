//! Hints about a record that could not be read.

use std::io::ErrorKind;

use rpctl::__private;
use rpctl::record::{FileKind, LoadError};

use crate::words::Words;

/// The hint for a record that does not exist.
pub(super) const LOOK: &str = "check the name; rpctl list shows the records of your registry";

/// Returns the hint for a record that could not be read.
pub(crate) fn for_load_error(error: &LoadError) -> String {
    let words = Words::HERE;
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
            return format!("{}, or name fewer records at once", words.more_files());
        }
        // A process of its own, which reads what may hang, could not be started.
        LoadError::Io { source, .. } if source.kind() == ErrorKind::WouldBlock => {
            words.more_processes()
        }
        error if error.is_hang() => words.hangs(),
        LoadError::Io { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
            "check the permissions of the file and of its directories"
        }
        error if error.is_unread() => {
            return format!(
                "the record may be sound: run it again; if that fails, too, look at its file \
                 system {}",
                words.file_system()
            );
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
