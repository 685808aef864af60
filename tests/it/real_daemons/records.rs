//! Records of running daemons.

use rpctl::process::{ProcessRecord, ProgramMatch, Trust};

use super::kind::Kind;
use super::running::Running;
use super::scenario::with_each;
use crate::support::World;

pub(super) fn act(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let by_pid = ProcessRecord::from_pid(daemon.pid).unwrap();
    let by_pid_file = ProcessRecord::from_pid_file(&daemon.pid_file(), Trust::Required).unwrap();
    let by_listener = ProcessRecord::from_listener(&daemon.listener()).unwrap();
    assert_eq!(by_pid_file.process, by_pid.process);
    let is_worker = by_listener.process.pid != daemon.pid;
    assert_eq!(is_worker, kind.is_served_by_workers);
    let path = world.path("record.json");
    for record in [by_pid, by_pid_file, by_listener] {
        let record = record.with_listeners().unwrap();
        record.save(&path).unwrap();
        let document = world
            .probe(&path)
            .assert_verdict(0, "verified", Some("kernel_only"));
        assert_eq!(document["target"]["pid"], record.process.pid);
        let loaded = ProcessRecord::load(&path, Trust::Required).unwrap();
        let process = loaded.verify().unwrap();
        assert_eq!(process.pid(), record.process.pid);
        assert_eq!(process.runs(&daemon.program).unwrap(), ProgramMatch::Same);
    }
    daemon.assert_not_asked();
}

#[test]
fn each_daemon_is_found_by_its_pid_pid_file_and_listener() {
    with_each("records");
}
