//! Daemons that are stopped gracefully, each by its own signal.

use rpctl::process::ProcessRecord;
use serde_json::{Value, json};

use super::kind::Kind;
use super::running::{Running, wait_for_end};
use super::scenario::{with, with_each};
use crate::support::World;

/// Records the daemon, and runs a command on the record. Returns the exit code and the
/// document.
fn stopped(world: &World, daemon: &Running, command: &[&str]) -> (Option<i32>, Value) {
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let path = world.path("record.json");
    record.with_listeners().unwrap().save(&path).unwrap();
    let json = ["--json", path.to_str().unwrap()];
    let run = world.rpctl(command.iter().copied().chain(json));
    (run.code, run.json()["action"].clone())
}

pub(super) fn gracefully(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let family = daemon.family();
    let (code, action) = stopped(world, &daemon, &["shutdown", "--signal", kind.stop.name()]);
    assert_eq!((code, &action["outcome"]), (Some(0), &"terminated".into()));
    assert_eq!(action["left"], json!([]), "{action:#}");
    family.iter().for_each(wait_for_end);
    let probed = world.probe(&world.path("record.json"));
    probed.assert_verdict(3, "not_running", Some("process_exited"));
    daemon.assert_not_asked();
}

pub(super) fn by_pid_file(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let family = daemon.family();
    let run = daemon.on_pid_file(world, &["shutdown", "--signal", kind.stop.name()]);
    assert_eq!(run.json()["action"]["outcome"], "terminated", "{run:?}");
    assert_eq!(run.code, Some(0));
    family.iter().for_each(wait_for_end);
}

pub(super) fn as_a_tree(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let family = daemon.family();
    let (code, action) = stopped(world, &daemon, &["kill", "--tree"]);
    assert_eq!((code, &action["outcome"]), (Some(0), &"killed".into()));
    family.iter().for_each(wait_for_end);
}

/// Without its master, nginx serves on.
pub(super) fn without_its_workers(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let family = daemon.family();
    let (code, action) = stopped(world, &daemon, &["kill", "--timeout", "1s"]);
    assert_eq!(
        (code, &action["outcome"]),
        (Some(7), &"still_served".into())
    );
    let left = action["left"].to_string();
    let (master, workers) = family.split_first().unwrap();
    wait_for_end(master);
    for worker in workers {
        assert!(left.contains(&worker.pid().to_string()), "{left}");
        assert!(worker.is_alive());
    }
}

#[test]
fn each_daemon_ends_with_its_workers_by_its_own_signal() {
    with_each("gracefully");
}

#[test]
fn each_daemon_is_stopped_through_its_pid_file() {
    with_each("by_pid_file");
}

#[test]
fn each_daemon_is_killed_with_its_workers() {
    with_each("as_a_tree");
}

#[test]
fn an_nginx_whose_master_was_killed_is_said_to_serve_on() {
    with("without_its_workers", |kind| kind.name == "nginx");
}
