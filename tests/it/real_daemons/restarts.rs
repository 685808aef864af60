//! Daemons that are restarted.

use rpctl::process::ProcessRecord;

use super::kind::Kind;
use super::running::Running;
use super::scenario::with_each;
use crate::support::{PATIENCE, World};

pub(super) fn act(world: &World, kind: &'static Kind) {
    let mut daemon = Running::start(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let process = record.verify().unwrap();
    process.signal(kind.stop).unwrap();
    assert!(process.wait(PATIENCE).unwrap());
    daemon.start_again();
    assert_ne!(daemon.pid, process.pid());
    assert!(record.verify().is_err());
    ProcessRecord::from_pid(daemon.pid)
        .unwrap()
        .verify()
        .unwrap();
}

#[test]
fn a_restarted_daemon_is_another_process() {
    with_each("restarts");
}
