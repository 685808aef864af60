//! Process records, and the processes that are found again by them.

mod capture;
mod control;
mod family;
mod files;
mod format;
mod from_listener;
mod listeners;
mod namespaces;
mod program;
mod reuse;
mod supervisor;
mod verify;

use std::path::Path;
use std::process::{Command, Stdio};

use rpctl::process::{ProcessRecord, VerifyError};

use crate::support::{KillOnDrop, wait_until};

pub(crate) use capture::record_setuid_child;
pub(crate) use listeners::{listen_and_record, listen_on_many};
pub(crate) use supervisor::supervise;

/// Starts a child that sleeps until it is killed.
pub(crate) fn sleeper() -> KillOnDrop {
    shell("exec sleep 1000")
}

/// Starts a child that runs a script.
fn shell(script: &str) -> KillOnDrop {
    let mut command = Command::new("sh");
    command.args(["-c", script]).stdin(Stdio::null());
    KillOnDrop(command.stdout(Stdio::null()).spawn().unwrap())
}

/// Waits until a process runs a program.
fn wait_for_program(pid: u32, program: &Path) {
    let exe = format!("/proc/{pid}/exe");
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == program));
}

/// Returns the record with an edited document.
fn edited(record: &ProcessRecord, edit: impl FnOnce(&mut serde_json::Value)) -> ProcessRecord {
    let mut document = serde_json::to_value(record).unwrap();
    edit(&mut document);
    serde_json::from_value(document).unwrap()
}

/// Returns how verifying ends: `verified`, or the error with its reason.
fn verdict(record: &ProcessRecord) -> String {
    match record.verify() {
        Ok(_) => "verified".to_owned(),
        Err(VerifyError::Gone(gone)) => format!("{gone:?}"),
        Err(VerifyError::Elsewhere(elsewhere)) => format!("{elsewhere:?}"),
        Err(VerifyError::Unknown(doubt)) => format!("{doubt:?}?"),
        Err(error) => error.to_string(),
    }
}

/// Records the process of `$1` as another process does, and prints the record.
pub(crate) fn record_for_test(pid: &str) {
    let record = ProcessRecord::from_pid(pid.parse().unwrap()).unwrap();
    println!("\n{}", serde_json::to_string(&record).unwrap());
}

/// Verifies the record at a path, and prints how that ends.
pub(crate) fn verify_for_test(path: &str) {
    let record = std::fs::read(path).unwrap();
    let record = serde_json::from_slice(&record).unwrap();
    println!("\nverdict: {}", verdict(&record));
}
