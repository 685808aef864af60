//! Daemons that execute themselves again, in the same process.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rpctl::process::{ImageState, ProcessRecord};

use super::kind::Kind;
use super::running::Running;
use super::scenario::with;
use crate::support::{World, resize_program, wait_until};

pub(super) fn act(world: &World, kind: &'static Kind) {
    let mut daemon = start_copy(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let path = world.path("record.json");
    record
        .clone()
        .with_listeners()
        .unwrap()
        .save(&path)
        .unwrap();
    upgrade(world, &daemon.program);
    world
        .probe(&path)
        .assert_verdict(0, "verified", Some("outdated"));
    let probed = daemon.on_pid_file(world, &["probe"]);
    probed.assert_verdict(0, "verified", Some("outdated"));
    let process = record.verify().unwrap();
    process.signal(kind.reexecute.unwrap()).unwrap();
    let inode = |path: &Path| std::fs::metadata(path).unwrap().ino();
    let running = PathBuf::from(format!("/proc/{}/exe", daemon.pid));
    wait_until(|| inode(&running) == inode(&daemon.program));
    daemon.wait_for_start();
    assert_eq!(record.verify().unwrap().pid(), daemon.pid);
    assert!(matches!(process.image().unwrap(), ImageState::Changed(_)));
    world
        .probe(&path)
        .assert_verdict(0, "verified", Some("reexecuted"));
    let probed = daemon.on_pid_file(world, &["probe"]);
    probed.assert_verdict(0, "verified", Some("pid_file"));
}

/// Starts a daemon from a copy of its program.
pub(super) fn start_copy(world: &World, kind: &'static Kind) -> Running {
    let program = world.path("program");
    copy(&kind.program().unwrap(), &program);
    Running::start_program(world, kind, program)
}

/// Replaces a program by another build of it, as a package manager does.
pub(super) fn upgrade(world: &World, program: &Path) {
    let upgrade = world.path("upgrade");
    copy(program, &upgrade);
    resize_program(&upgrade, "+1");
    std::fs::rename(&upgrade, program).unwrap();
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").args([from, to]).status();
    assert!(copied.unwrap().success());
}

#[test]
fn an_upgraded_daemon_that_reloads_is_the_same_process() {
    with("reloads", |kind| kind.reexecute.is_some());
}
