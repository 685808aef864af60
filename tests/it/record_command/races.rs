//! Processes that change while they are recorded: at each link that is read.

use std::io::Write;
use std::process::{Command, Stdio};

use rpctl::process::ProcessRecord;

use super::command;
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, Run, World, at_each_link_read, at_every_step, wait_until};

/// Starts a shell that executes sleep(1) when it is told to.
fn shell() -> KillOnDrop {
    let mut command = Command::new("sh");
    command.args(["-c", "read go; exec sleep 1000"]);
    KillOnDrop(command.stdin(Stdio::piped()).spawn().unwrap())
}

fn executable(name: &str) -> std::path::PathBuf {
    std::fs::canonicalize(name).unwrap()
}

fn sha256(path: &std::path::Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// Records a child, and changes it before the read with this number. Returns `None` if
/// there are fewer reads.
fn changed_at(step: usize, child: &KillOnDrop, mut change: impl FnMut()) -> Option<Run> {
    let world = World::new();
    let mut is_reached = false;
    let command = command(&world, child, &["--record", "-"]);
    let run = at_each_link_read(&command, |read| {
        if read == step {
            is_reached = true;
            change();
        }
    });
    is_reached.then_some(run)
}

#[test]
fn the_digest_is_that_of_the_program_whenever_it_changes() {
    let [before, after] = ["/bin/sh", "/bin/sleep"].map(executable);
    let digests = [sha256(&before), sha256(&after)];
    at_every_step(|step| {
        let mut child = shell();
        let exe = format!("/proc/{}/exe", child.0.id());
        wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == before));
        let mut go = child.0.stdin.take().unwrap();
        let change = || {
            go.write_all(b"\n").unwrap();
            wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path == after));
        };
        let Some(run) = changed_at(step, &child, change) else {
            return false;
        };
        assert_eq!(run.code, Some(0), "step {step}: {run:?}");
        let record: ProcessRecord = serde_json::from_slice(&run.stdout).unwrap();
        let document = serde_json::to_value(&record).unwrap();
        let exe = &document["process"]["exe"];
        let is_after = exe["path"] == after.to_str().unwrap();
        assert_eq!(exe["sha256"], digests[usize::from(is_after)], "step {step}");
        true
    });
}

#[test]
fn a_process_that_exits_is_not_recorded() {
    at_every_step(|step| {
        let child = shell();
        let process = Pinned::open(child.0.id()).unwrap();
        let Some(run) = changed_at(step, &child, || process.kill()) else {
            return false;
        };
        assert_eq!(run.code, Some(3), "step {step}: {run:?}");
        assert!(run.stdout.is_empty(), "step {step}: {run:?}");
        true
    });
}
