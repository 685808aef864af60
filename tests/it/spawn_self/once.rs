//! `--once` tests everything and leaves nothing; an interrupted start neither.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::race::locked;
use super::{Fixture, RPCTL, assert_refused, hint, message, until};
use crate::support::proc::Pinned;
use crate::support::{KillOnDrop, Run};

impl Fixture {
    fn once(&self) -> KillOnDrop {
        let mut command = self.spawning();
        let command = command.arg("--once").stdout(Stdio::null());
        KillOnDrop(command.stderr(Stdio::null()).spawn().unwrap())
    }

    /// The private directory of a self-test, while there is one.
    fn private_directory(&self) -> Option<PathBuf> {
        let mut entries = std::fs::read_dir(self.path("tmp")).unwrap();
        Some(entries.next()?.unwrap().path())
    }

    #[track_caller]
    fn assert_nothing_is_left(&self) {
        assert_eq!(self.daemons(), [0; 0]);
        assert_eq!(self.private_directory(), None);
        assert!(self.files().is_empty(), "{:?}", self.files());
    }
}

fn interrupt(child: &Child) {
    let pid = Pid::from_raw(child.id().try_into().unwrap());
    kill(pid, Signal::SIGINT).unwrap();
}

/// Wait for a child, not for ever.
fn end_of(child: &mut KillOnDrop) -> ExitStatus {
    Pinned::open(child.0.id())
        .expect("not collected yet")
        .wait();
    child.0.wait().unwrap()
}

#[test]
fn the_self_test_reports_every_check_and_leaves_nothing() {
    let fixture = Fixture::new();
    let run = fixture.spawn_self(["--once"]);
    let document = run.assert_verdict(0, "verified", None);
    assert_eq!(document["command"], "spawn-self");
    let checks = document["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 11);
    assert!(checks.iter().all(|check| check["outcome"] == "pass"));
    fixture.assert_nothing_is_left();
    let mut command = fixture.command(RPCTL);
    command.env("TMPDIR", fixture.path("tmp"));
    let run = Run::of(command.args(["spawn-self", "--once"]));
    let last = run.text().lines().last();
    assert_eq!(last, Some("stopped, nothing left behind"), "{run:?}");
}

#[test]
fn the_self_test_runs_beside_a_daemon_of_the_same_service() {
    let fixture = Fixture::new();
    let daemon = fixture.spawn([""; 0]);
    fixture
        .spawn_self(["--once", "--digest", "blake3"])
        .assert_verdict(0, "verified", None);
    assert_eq!(fixture.daemons(), [daemon.pid]);
}

#[test]
fn the_self_test_chooses_its_own_places() {
    let fixture = Fixture::new();
    for option in ["--record=m", "--sidecar=s", "--endpoint=e", "--foreground"] {
        let run = fixture.spawn_self(["--once", option]);
        assert_eq!(run.code, Some(2), "{option}: {run:?}");
    }
    fixture.assert_nothing_is_left();
}

#[test]
fn a_temporary_directory_of_no_use_is_named() {
    let fixture = Fixture::new();
    let deep = fixture.path(&"x".repeat(100));
    std::fs::create_dir(&deep).unwrap();
    for (directory, kind) in [
        (fixture.path("missing"), "place_unusable"),
        (deep, "endpoint_unusable"),
    ] {
        let mut command = fixture.spawning();
        let run = Run::of(command.arg("--once").env("TMPDIR", directory));
        let document = assert_refused(&run, 2, kind);
        assert!(hint(&document).contains("TMPDIR"), "{document:#}");
    }
    fixture.assert_nothing_is_left();
}

#[test]
fn a_self_test_whose_daemon_is_killed_leaves_nothing() {
    for _ in 0..5 {
        let fixture = Fixture::new();
        let mut child = fixture.once();
        let started = || !fixture.daemons().is_empty();
        until(&mut child.0, started);
        for daemon in fixture.daemons().into_iter().filter_map(Pinned::open) {
            daemon.kill();
        }
        // However far it had come: it may even have seen the proof.
        assert!(end_of(&mut child).code().is_some());
        fixture.assert_nothing_is_left();
    }
}

/// A program that ignores SIGCHLD has no child that can be waited for, nor has any
/// program that it starts.
#[test]
fn a_self_test_works_if_the_kernel_reaps_the_daemon() {
    let fixture = Fixture::new();
    let Some(mut command) = fixture.spawning_unwaited() else {
        return;
    };
    Run::of(command.arg("--once")).assert_verdict(0, "verified", None);
    fixture.assert_nothing_is_left();
}

#[test]
fn a_daemon_reaped_before_it_is_ready_did_not_start() {
    let fixture = Fixture::new();
    let directory = fixture.path("r");
    std::fs::create_dir(&directory).unwrap();
    let Some(mut command) = fixture.spawning_unwaited() else {
        return;
    };
    let lock = locked(&directory);
    command.arg("--record").arg(directory.join("m.json"));
    command.arg("--endpoint").arg(fixture.path("socket"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    fixture.until_locking(&directory, &mut child);
    for daemon in fixture.daemons().into_iter().filter_map(Pinned::open) {
        daemon.kill();
    }
    drop(lock);
    let document = assert_refused(&Run::end_of(child), 1, "internal");
    let expected = "the daemon did not start (exit status unknown)";
    assert!(message(&document).starts_with(expected), "{document:#}");
}

#[test]
fn an_interrupted_self_test_leaves_nothing() {
    for _ in 0..5 {
        let fixture = Fixture::new();
        let mut child = fixture.once();
        until(&mut child.0, || fixture.private_directory().is_some());
        interrupt(&child.0);
        let status = end_of(&mut child);
        let is_interrupted = status.signal() == Some(Signal::SIGINT as i32);
        assert!(is_interrupted || status.success(), "{status}");
        fixture.assert_nothing_is_left();
    }
}

#[test]
fn the_daemon_of_a_self_test_does_not_outlive_a_killed_starter() {
    let fixture = Fixture::new();
    let mut child = fixture.once();
    let daemons = std::cell::RefCell::new(Vec::new());
    until(&mut child.0, || {
        *daemons.borrow_mut() = fixture.daemons();
        !daemons.borrow().is_empty()
    });
    let daemons = daemons.into_inner().into_iter().filter_map(Pinned::open);
    let daemons: Vec<Pinned> = daemons.collect();
    drop(child);
    for daemon in daemons {
        daemon.wait();
    }
    assert_eq!(fixture.daemons(), [0; 0]);
    assert!(fixture.files().is_empty(), "{:?}", fixture.files());
}

/// The daemon listens, and waits for a lock that the test holds: the start is
/// interrupted in the middle.
#[test]
fn an_interrupted_start_leaves_no_daemon_and_ends_by_the_signal() {
    let fixture = Fixture::new();
    let directory = fixture.path("r");
    std::fs::create_dir(&directory).unwrap();
    let lock = locked(&directory);
    let mut command = fixture.spawning();
    command.arg("--record").arg(directory.join("m.json"));
    command.arg("--endpoint").arg(fixture.path("socket"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = KillOnDrop(command.spawn().unwrap());
    fixture.until_locking(&directory, &mut child.0);
    interrupt(&child.0);
    drop(lock);
    let status = end_of(&mut child);
    assert_eq!(status.signal(), Some(Signal::SIGINT as i32), "{status}");
    fixture.assert_nothing_is_left();
}
