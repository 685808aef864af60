//! Records of running daemons.

use rpctl::process::{ProcessRecord, ProgramMatch, Trust};

use super::kind::Kind;
use super::running::Running;
use super::scenario::with_each;
use crate::support::World;

pub(super) fn act(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let by_pid = recorded(world, &daemon, ["--pid", &daemon.pid.to_string()]);
    let pid_file = daemon.pid_file();
    let by_pid_file = recorded(world, &daemon, ["--pid-file", pid_file.to_str().unwrap()]);
    let by_listener = recorded(world, &daemon, ["--socket", &daemon.listener().to_string()]);
    assert_eq!(by_pid.process.pid, daemon.pid);
    assert_eq!(by_pid_file.process, by_pid.process);
    let is_worker = by_listener.process.pid != daemon.pid;
    assert_eq!(is_worker, kind.is_served_by_workers);
    let probed = daemon.on_pid_file(world, &["probe"]);
    let document = probed.assert_verdict(0, "verified", Some("pid_file"));
    assert_eq!(document["target"]["pid"], daemon.pid);
    let probed = world.probe(&pid_file);
    probed.assert_verdict(4, "indeterminate", Some("pid_file_only"));
    daemon.assert_not_asked();
}

/// Records the daemon by the program, and probes what is recorded.
fn recorded(world: &World, daemon: &Running, source: [&str; 2]) -> ProcessRecord {
    let exe = daemon.program.to_str().unwrap();
    let args = [
        "record",
        "--exe",
        exe,
        "--replace",
        "--record",
        "record.json",
    ];
    let run = world.rpctl(args.into_iter().chain(source));
    assert_eq!(run.code, Some(0), "{run:?}");
    let path = world.path("record.json");
    let record = ProcessRecord::load(&path, Trust::Required).unwrap();
    let document = world
        .probe(&path)
        .assert_verdict(0, "verified", Some("kernel_only"));
    assert_eq!(document["target"]["pid"], record.process.pid);
    let process = record.verify().unwrap();
    assert_eq!(process.runs(&daemon.program).unwrap(), ProgramMatch::Same);
    record
}

#[test]
fn each_daemon_is_found_by_its_pid_pid_file_and_listener() {
    with_each("records");
}
