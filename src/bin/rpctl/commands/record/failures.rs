//! Why a process is not recorded.

use std::fmt::Display;
use std::io::{self, ErrorKind};
use std::path::Path;

use rpctl::process::{CaptureError, DigestError, ListenerError, MissingRight, VerifyError};
use rpctl::record::LoadError;
use rpctl::{__private, DEFAULT_ENDPOINT_PROBE_TIMEOUT, DEFAULT_HASH_TIMEOUT, Reason, Report};

use crate::exit_code::ExitCode;
use crate::failure::{Failure, advice};
use crate::hints::{self, Asked};
use crate::shell;
use crate::suggestions;
use crate::words::Words;

pub(super) fn capture_failure(error: CaptureError) -> Failure {
    let message = error.to_string();
    let words = Words::HERE;
    match error {
        CaptureError::NoSuchProcess { .. } => {
            Failure::new(ExitCode::NotRunning, "no_such_process", message)
                .hint(format!("check the number; {}", words.all_processes()))
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

/// Describes a report that speaks against the process, or does not suffice for a record.
pub(super) fn report_failure(report: &Report) -> Failure {
    let kind = report.reason.map_or("unknown", Reason::name);
    let message = format!("{}; nothing was recorded", report.summary);
    let pid = report.target.pid.unwrap_or_default();
    let hint = match report.reason {
        Some(Reason::PermissionDenied) => hints::elsewhere(report, &own_command()),
        Some(Reason::YoungerProcess | Reason::TimeUnusable) => Some(format!(
            "check that the process is the daemon, and give its number itself: rpctl record --pid \
             {pid}"
        )),
        _ => {
            let asked = Asked::new(DEFAULT_ENDPOINT_PROBE_TIMEOUT, DEFAULT_HASH_TIMEOUT);
            hints::for_report(report, None, asked).into_iter().next()
        }
    };
    let failure = Failure::new(report.verdict.into(), kind, message);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Describes a file that cannot be read as a PID file.
pub(super) fn load_failure(path: &Path, error: LoadError) -> Failure {
    match error {
        LoadError::NotFound(_) => Failure::from(error).candidates(suggestions::files_like(path)),
        LoadError::NotRegular { .. } | LoadError::Io { .. } => error.into(),
        fault => not_a_pid_file(path, &fault),
    }
}

pub(super) fn not_a_pid_file(path: &Path, fault: &dyn Display) -> Failure {
    let message = format!("{} is not a PID file: {fault}", path.display());
    Failure::new(ExitCode::InvalidRecord, "malformed_pid_file", message)
        .hint("name the PID file of the daemon, or give the number itself: --pid")
}

/// Describes a PID file that others could have written.
pub(super) fn untrusted(path: &Path, reason: &str) -> Failure {
    let message = format!("{} cannot be trusted: {reason}", path.display());
    let number = Words::HERE.number_in(&shell::file(path));
    Failure::new(ExitCode::Refused, "untrusted", message).hint(format!(
        "make the file and the directories above it yours alone, or check the process that it \
         names, and give its number itself: --pid {number}"
    ))
}

pub(super) fn listener_failure(error: ListenerError) -> Failure {
    let message = error.to_string();
    match error {
        ListenerError::NoListener(_) => Failure::new(ExitCode::NotRunning, "no_listener", message)
            .hint(Words::HERE.all_listeners()),
        ListenerError::NoSocket(_) => Failure::new(ExitCode::NotRunning, "no_socket", message)
            .hint(Words::HERE.address_forms()),
        ListenerError::Hidden { missing, .. } => not_permitted(message, missing),
        ListenerError::HiddenParent {
            missing, process, ..
        } => {
            let with_right = hints::without_right(missing, &own_command());
            let pid = process.pid;
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
        ListenerError::System { source, .. } if source.kind() == ErrorKind::Unsupported => {
            Failure::new(ExitCode::Usage, "usage", message).hint(Words::HERE.address_forms())
        }
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

fn not_permitted(message: String, missing: MissingRight) -> Failure {
    Failure::new(ExitCode::CannotTell, "permission_denied", message)
        .hint(hints::without_right(missing, &own_command()))
}

/// Returns the command line of this process.
fn own_command() -> String {
    let words = std::env::args_os().skip(1);
    let words: Vec<String> = words
        .map(|word| shell::word(&word.to_string_lossy()))
        .collect();
    format!("rpctl {}", words.join(" "))
}

fn system(message: String, source: &io::Error) -> Failure {
    if __private::is_hang(source) {
        return Failure::for_hang(message);
    }
    Failure::new(ExitCode::Internal, "internal", message).hint(advice(Some(source)))
}
