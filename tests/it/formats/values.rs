//! The values in a document that need no sentence to be read.

use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::observed::sleeper;
use crate::pid_file;
use crate::support::{Daemon, World, before_boot_ms, is_root};
use rpctl::process::ProcessRecord;

/// Returns the object about the process, without its start; that must lie between `before`
/// and now.
#[track_caller]
fn process(document: &Value, before: SystemTime) -> Value {
    let mut process = document["process"].clone();
    let start = process["started_at"].take();
    let start: Timestamp = start.as_str().unwrap().parse().unwrap();
    // Processes start at ticks of the clock, and clocks are adjusted.
    let tolerance = jiff::SignedDuration::from_secs(2);
    let before = Timestamp::try_from(before).unwrap() - tolerance;
    assert!(start >= before, "{document:#}");
    assert!(start <= Timestamp::now() + tolerance, "{document:#}");
    process
}

#[test]
fn every_kind_of_record_tells_pid_user_start_and_program() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let before = SystemTime::now();
    let daemon = Daemon::start(&world);
    let document = world.probe(daemon.record()).json();
    let exe = std::fs::canonicalize(env!("CARGO_BIN_EXE_rpctl")).unwrap();
    let expected =
        json!({"pid": daemon.identity.pid, "user": "root", "started_at": null, "exe": exe});
    assert_eq!(process(&document, before), expected);

    let sleep = std::fs::canonicalize(pid_file::sleep_program()).unwrap();
    let child = sleeper();
    let record = ProcessRecord::from_child(&child.0).unwrap();
    record.save(&world.path("process.json")).unwrap();
    let document = world.probe(&world.path("process.json")).json();
    let expected = json!({"pid": child.0.id(), "user": "root", "started_at": null, "exe": sleep});
    assert_eq!(process(&document, before), expected);

    let (child, path) = pid_file::daemon(&world);
    let document = world.probe(&path).json();
    let expected = json!({"pid": child.0.id(), "user": "root", "started_at": null, "exe": sleep});
    assert_eq!(process(&document, before), expected);
}

#[test]
fn the_process_is_null_if_the_daemon_is_gone() {
    let world = World::new();
    let (record, daemon) = Daemon::restarted(&world);
    let document = world.probe(&record).json();
    assert_eq!(document["process"], Value::Null, "{document:#}");
    // A live process has the number, in a later boot.
    let mut reused = daemon.identity.clone();
    reused.pid = std::process::id();
    reused.started_at_unix_ms = before_boot_ms();
    "an earlier boot".clone_into(&mut reused.boot_id);
    reused.ipc_endpoint = world.endpoint("none");
    let run = world.probe(&world.sidecar("reused.json", &reused));
    let document = run.assert_verdict(3, "not_running", Some("rebooted"));
    assert_eq!(document["process"], Value::Null, "{document:#}");
}

#[test]
fn a_process_that_stops_is_described_by_what_it_was() {
    let world = World::new();
    let before = SystemTime::now();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap();
    let document = world.rpctl(["shutdown", "--json", record]).json();
    assert_eq!(document["action"]["outcome"], "terminated", "{document:#}");
    assert_eq!(process(&document, before)["pid"], daemon.identity.pid);
}
