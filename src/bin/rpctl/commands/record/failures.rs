//! Why a process is not recorded.

use std::io;
use std::path::Path;

use rpctl::__private;
use rpctl::process::{
    CaptureError, DigestError, ListenerError, MissingRight, PidFileError, RecordFileError,
    StalePidFile, VerifyError,
};
use rpctl::record::LoadError;

use crate::exit_code::ExitCode;
use crate::failure::{Failure, advice};
use crate::hints;
use crate::shell;
use crate::suggestions;

pub(super) fn capture_failure(error: CaptureError) -> Failure {
    let message = error.to_string();
    match error {
        CaptureError::NoSuchProcess { .. } => {
            Failure::new(ExitCode::NotRunning, "no_such_process", message)
                .hint("check the number; ps -e lists the processes")
        }
        CaptureError::Zombie { pid } => {
            Failure::new(ExitCode::NotRunning, "zombie", message).hint(format!(
                "it has ended, and its parent must collect it: ps -o ppid= -p {pid} names the \
                 parent"
            ))
        }
        CaptureError::Thread { of, .. } => {
            Failure::new(ExitCode::Usage, "thread", message).hint(match of {
                Some(of) => format!("record its process: --pid {of}"),
                None => "record its process; ps -eL shows the threads of each".to_owned(),
            })
        }
        CaptureError::KernelThread { .. } => {
            Failure::new(ExitCode::Refused, "kernel_thread", message)
                .hint("it is a part of the kernel that runs no program: record a daemon")
        }
        CaptureError::NotPermitted { missing, .. } => not_permitted(message, missing),
        CaptureError::ForeignProc => Failure::new(ExitCode::CannotTell, "foreign_proc", message)
            .hint("mount the /proc of this PID namespace: mount -t proc proc /proc"),
        CaptureError::System(source) => system(message, &source),
        _ => Failure::new(ExitCode::Internal, "internal", message),
    }
}

pub(super) fn pid_file_failure(error: PidFileError) -> Failure {
    let message = error.to_string();
    match error {
        PidFileError::File(error) => file_failure(error),
        PidFileError::Malformed(_) => {
            Failure::new(ExitCode::InvalidRecord, "malformed_pid_file", message)
                .hint("name the PID file of the daemon, or give the number itself: --pid")
        }
        PidFileError::Stale { why, .. } => {
            let kind = match why {
                StalePidFile::Rebooted => "rebooted",
                _ => "pid_reused",
            };
            Failure::new(ExitCode::NotRunning, kind, message)
                .hint("the daemon that wrote it is gone: start it, and record the new process")
        }
        PidFileError::TimeUnusable(_) => {
            Failure::new(ExitCode::CannotTell, "time_unusable", message)
                .hint("check that the process is the daemon, and give its number itself: --pid")
        }
        PidFileError::Capture(error) => capture_failure(error),
        _ => Failure::new(ExitCode::Internal, "internal", message),
    }
}

/// Describes a process that may be the daemon of a PID file, and started after it was written.
pub(super) fn younger_process(path: &Path, pid: u32) -> Failure {
    let message = format!(
        "PID {pid} may be another process than the daemon: it started after {} was written; \
         nothing was recorded",
        path.display()
    );
    Failure::new(ExitCode::CannotTell, "younger_process", message)
        .hint("check that the process is the daemon, and give its number itself: --pid")
}

pub(super) fn listener_failure(error: ListenerError) -> Failure {
    let message = error.to_string();
    match error {
        ListenerError::NoListener(_) => Failure::new(ExitCode::NotRunning, "no_listener", message)
            .hint("ss -lxtp shows which processes listen, and where"),
        ListenerError::NoSocket(_) => Failure::new(ExitCode::NotRunning, "no_socket", message)
            .hint(
                "an address is PATH, @NAME, HOST:PORT or :PORT; ss -lxtp shows who listens where",
            ),
        ListenerError::Hidden { missing, .. } => not_permitted(message, missing),
        ListenerError::HiddenParent {
            missing, process, ..
        } => {
            let (pid, with_right) = (process.pid, with_right(missing));
            Failure::new(ExitCode::CannotTell, "permission_denied", message).hint(format!(
                "{with_right}; or record that process alone: rpctl record --pid {pid}"
            ))
        }
        ListenerError::Outside(_) => {
            Failure::new(ExitCode::CannotTell, "outside_namespace", message)
                .hint("run it where that process can be seen: outside of this container")
        }
        ListenerError::Several { candidates, .. } => {
            let candidates = candidates.iter().map(ToString::to_string).collect();
            Failure::new(ExitCode::Usage, "several_processes", message)
                .candidates(candidates)
                .hint("choose one of them by its PID: --pid")
        }
        ListenerError::Capture(error) => capture_failure(error),
        ListenerError::System { source, .. } => system(message, &source),
        _ => Failure::new(ExitCode::Internal, "internal", message),
    }
}

pub(super) fn verify_failure(error: VerifyError) -> Failure {
    let message = error.to_string();
    match error {
        VerifyError::Gone(_) => Failure::new(
            ExitCode::NotRunning,
            "process_exited",
            "the process ended while it was recorded",
        )
        .hint("start it again, and record the new process"),
        VerifyError::System(source) => system(message, &source),
        _ => Failure::new(ExitCode::CannotTell, "unknown", message),
    }
}

pub(super) fn digest_failure(error: DigestError) -> Failure {
    let message = error.to_string();
    match error {
        DigestError::Verify(error) => verify_failure(error),
        DigestError::NotPermitted { missing, .. } => not_permitted(message, missing),
        DigestError::Read(source) => system(message, &source),
        _ => Failure::new(ExitCode::CannotTell, "process_unreadable", message),
    }
}

/// Describes the failure to compare the executable of a process with a file.
pub(super) fn unreadable_program(pid: u32, exe: &Path, error: &io::Error) -> Failure {
    let exe = exe.display();
    let message = format!("cannot compare the executable of PID {pid} with {exe}: {error}");
    if error.kind() == io::ErrorKind::PermissionDenied {
        return not_permitted(message, MissingRight::Other);
    }
    system(message, error)
}

/// Describes a PID file that cannot be used.
fn file_failure(error: RecordFileError) -> Failure {
    let message = error.to_string();
    match error {
        RecordFileError::Untrusted { path, .. } => {
            let path = shell::file(&path);
            Failure::new(ExitCode::Refused, "untrusted", message).hint(format!(
                "make the file and the directories above it yours alone, or check the process \
                 that it names, and give its number itself: --pid \"$(head -n1 {path})\""
            ))
        }
        RecordFileError::Io { path, source } if source.kind() == io::ErrorKind::NotFound => {
            let alike = suggestions::files_like(&path);
            Failure::from(LoadError::NotFound(path)).candidates(alike)
        }
        RecordFileError::Io { path, source } => LoadError::Io {
            what: path.display().to_string(),
            source,
        }
        .into(),
        RecordFileError::NotRegular { path, kind } => LoadError::NotRegular { path, kind }.into(),
        _ => Failure::new(ExitCode::InvalidRecord, "malformed_pid_file", message)
            .hint("name the PID file of the daemon, or give the number itself: --pid"),
    }
}

fn not_permitted(message: String, missing: MissingRight) -> Failure {
    Failure::new(ExitCode::CannotTell, "permission_denied", message).hint(with_right(missing))
}

/// Returns how this command is run with a right that is missing.
fn with_right(missing: MissingRight) -> String {
    let words = std::env::args_os().skip(1);
    let words: Vec<String> = words
        .map(|word| shell::word(&word.to_string_lossy()))
        .collect();
    let command = format!("rpctl {}", words.join(" "));
    hints::without_right(missing, &command)
}

fn system(message: String, source: &io::Error) -> Failure {
    if __private::is_hang(source) {
        return Failure::for_hang(message);
    }
    Failure::new(ExitCode::Internal, "internal", message).hint(advice(Some(source)))
}
