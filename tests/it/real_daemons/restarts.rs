//! Daemons that are restarted.

use rpctl::process::{ProcessRecord, Trust};

use super::kind::Kind;
use super::running::{Running, wait_for_end};
use super::scenario::with_each;
use crate::support::World;

pub(super) fn act(world: &World, kind: &'static Kind) {
    let mut daemon = Running::start(world, kind);
    let pid_file = daemon.pid_file();
    let source = ["--pid-file", pid_file.to_str().unwrap()];
    let record = || {
        let args = ["record", "--record", "record.json"].into_iter();
        let run = world.rpctl(args.chain(source));
        assert_eq!(run.code, Some(0), "{run:?}");
        ProcessRecord::load(&world.path("record.json"), Trust::Required).unwrap()
    };
    let first = record().verify().unwrap();
    first.signal(kind.stop).unwrap();
    wait_for_end(&first);
    daemon.start_again();
    assert_ne!(daemon.pid, first.pid());
    let probe = || world.probe(&world.path("record.json"));
    probe().assert_verdict(3, "not_running", Some("process_exited"));
    let probed = daemon.on_pid_file(world, &["probe"]);
    probed.assert_verdict(0, "verified", Some("pid_file"));
    // The record of a process that is gone is replaced.
    assert_eq!(record().verify().unwrap().pid(), daemon.pid);
    probe().assert_verdict(0, "verified", Some("kernel_only"));
}

#[test]
fn a_restarted_daemon_is_another_process_until_it_is_recorded() {
    with_each("restarts");
}
