//! Daemons that crash, and whose number is reused.

use rpctl::process::{Gone, ProcessRecord, VerifyError};

use super::kind::Kind;
use super::running::{Running, wait_for_end};
use super::scenario::with_each;
use crate::support::{KillOnDrop, PATIENCE, World, sleeper_on};

pub(super) fn act(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let path = world.path("record.json");
    let record = record.with_listeners().unwrap();
    record.save(&path).unwrap();
    let family = daemon.family();
    for process in &family {
        process.kill(PATIENCE).unwrap();
    }
    // A number is not free before all of its group and session have ended.
    family.iter().for_each(wait_for_end);
    assert!(matches!(
        record.verify(),
        Err(VerifyError::Gone(Gone::Exited | Gone::NoSuchProcess))
    ));
    assert!(daemon.pid_file().exists());
    let probe = || world.probe(&path);
    probe().assert_verdict(3, "not_running", Some("process_exited"));
    let bystander = KillOnDrop(sleeper_on(daemon.pid));
    assert_eq!(bystander.0.id(), daemon.pid);
    assert!(matches!(
        record.verify(),
        Err(VerifyError::Gone(Gone::Reused))
    ));
    probe().assert_verdict(3, "not_running", Some("pid_reused"));
}

#[test]
fn a_crashed_daemon_is_gone_also_if_its_number_is_reused() {
    with_each("crashes");
}
