//! Recorded and verified from within other namespaces.

use rpctl::process::{Gone, ProcessRecord, VerifyError};

use super::{sleeper, verdict};
use crate::support::{Role, Run, World, append, is_installed, is_root, role};

/// Runs a role under unshare(1).
fn unshared(options: &[&str], work: Role, argument: &str) -> Option<Run> {
    if !is_root() || !is_installed("unshare") {
        return None;
    }
    let work = role(work, [argument]);
    let mut command = World::new().command("unshare");
    command
        .current_dir("/")
        .args(options)
        .args(["--fork", "--kill-child"]);
    Some(Run::of(append(&mut command, &work)))
}

/// Time namespaces shift the start times that `/proc` shows.
#[test]
fn a_record_from_another_time_namespace_is_the_same() {
    let child = sleeper();
    let ours = ProcessRecord::from_child(&child.0).unwrap();
    for offset in ["100000", "-1"] {
        let options = ["--time", "--boottime", offset];
        let pid = child.0.id().to_string();
        let Some(run) = unshared(&options, Role::RecordProcess, &pid) else {
            return;
        };
        let line = run.text().lines().find(|line| line.starts_with('{'));
        let line = line.unwrap_or_else(|| panic!("{run:?}"));
        let theirs: ProcessRecord = serde_json::from_str(line).unwrap();
        assert_eq!(theirs.process.start, ours.process.start);
        assert_eq!(verdict(&theirs), "verified");
    }
}

#[test]
fn a_record_is_verified_from_another_time_namespace() {
    let world = World::new();
    let child = sleeper();
    let mut record = ProcessRecord::from_child(&child.0).unwrap();
    record.process.pidfs_inode = None;
    let path = world.path("record.json");
    std::fs::write(&path, serde_json::to_vec(&record).unwrap()).unwrap();
    let options = ["--time", "--boottime", "12345"];
    let argument = path.to_str().unwrap();
    if let Some(run) = unshared(&options, Role::VerifyRecord, argument) {
        assert!(run.text().contains("\nverdict: verified\n"), "{run:?}");
    }
}

#[test]
fn another_pid_namespace_does_not_call_a_process_gone() {
    let world = World::new();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let path = world.path("record.json");
    std::fs::write(&path, serde_json::to_vec(&record).unwrap()).unwrap();
    let options = ["--pid", "--mount-proc"];
    let argument = path.to_str().unwrap();
    if let Some(run) = unshared(&options, Role::VerifyRecord, argument) {
        assert!(run.text().contains("\nverdict: PidNamespace\n"), "{run:?}");
    }
    drop(child);
    let error = record.verify().unwrap_err();
    assert!(
        matches!(error, VerifyError::Gone(Gone::NoSuchProcess | Gone::Reused)),
        "{error}"
    );
}
