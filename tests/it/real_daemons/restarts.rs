//! Daemons that are restarted.

use rpctl::process::ProcessRecord;

use super::kind::Kind;
use super::running::{Running, wait_for_end};
use super::scenario::with_each;
use crate::support::World;

pub(super) fn act(world: &World, kind: &'static Kind) {
    let mut daemon = Running::start(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let path = world.path("record.json");
    record
        .clone()
        .with_listeners()
        .unwrap()
        .save(&path)
        .unwrap();
    let process = record.verify().unwrap();
    process.signal(kind.stop).unwrap();
    wait_for_end(&process);
    daemon.start_again();
    assert_ne!(daemon.pid, process.pid());
    assert!(record.verify().is_err());
    ProcessRecord::from_pid(daemon.pid)
        .unwrap()
        .verify()
        .unwrap();
    world
        .probe(&path)
        .assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn a_restarted_daemon_is_another_process() {
    with_each("restarts");
}
