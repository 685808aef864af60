//! Daemons that execute themselves again, in the same process.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rpctl::process::{ImageState, ProcessRecord};

use super::kind::Kind;
use super::running::Running;
use super::scenario::with;
use crate::support::{World, resize_program, wait_until};

/// Upgrades the program of a daemon as a package manager does, and has it reloaded.
pub(super) fn act(world: &World, kind: &'static Kind) {
    let program = world.path("program");
    copy(&kind.program().unwrap(), &program);
    let mut daemon = Running::start_program(world, kind, program.clone());
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let upgrade = world.path("upgrade");
    copy(&program, &upgrade);
    resize_program(&upgrade, "+1");
    std::fs::rename(&upgrade, &program).unwrap();
    let process = record.verify().unwrap();
    process.signal(kind.reexecute.unwrap()).unwrap();
    let inode = |path: &Path| std::fs::metadata(path).unwrap().ino();
    let running = PathBuf::from(format!("/proc/{}/exe", daemon.pid));
    wait_until(|| inode(&running) == inode(&program));
    daemon.wait_for_start();
    assert_eq!(record.verify().unwrap().pid(), daemon.pid);
    assert!(matches!(process.image().unwrap(), ImageState::Changed(_)));
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").args([from, to]).status();
    assert!(copied.unwrap().success());
}

#[test]
fn an_upgraded_daemon_that_reloads_is_the_same_process() {
    with("reloads", |kind| kind.reexecute.is_some());
}
