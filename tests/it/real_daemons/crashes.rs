//! Daemons that crash, and whose number is reused.

use rpctl::process::ProcessRecord;

use super::kind::Kind;
use super::running::{Running, wait_for_end};
use super::scenario::with_each;
use crate::support::{KillOnDrop, PATIENCE, World, sleeper_on};

pub(super) fn act(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let path = world.path("record.json");
    record.with_listeners().unwrap().save(&path).unwrap();
    let family = daemon.family();
    for process in &family {
        process.kill(PATIENCE).unwrap();
    }
    // A number is not free before all of its group and session have ended.
    family.iter().for_each(wait_for_end);
    let probe_pid_file = || daemon.on_pid_file(world, &["probe"]);
    for probed in [world.probe(&path), probe_pid_file()] {
        probed.assert_verdict(3, "not_running", Some("process_exited"));
    }

    let mut bystander = KillOnDrop(sleeper_on(daemon.pid));
    assert_eq!(bystander.0.id(), daemon.pid);
    let probed = world.probe(&path);
    probed.assert_verdict(3, "not_running", Some("pid_reused"));
    // Within a second of the file, the bystander may be as old, but it is another program.
    let probed = probe_pid_file();
    assert!(matches!(probed.code, Some(3 | 5)), "{probed:?}");
    for command in ["shutdown", "kill"] {
        let run = world.rpctl([command, "--json", path.to_str().unwrap()]);
        assert_eq!(run.json()["action"]["outcome"], "already_gone", "{run:?}");
        let run = daemon.on_pid_file(world, &[command]);
        assert!(matches!(run.code, Some(0 | 5)), "{run:?}");
    }
    assert!(bystander.0.try_wait().unwrap().is_none());
}

#[test]
fn a_crashed_daemon_is_gone_also_if_its_number_is_reused() {
    with_each("crashes");
}
