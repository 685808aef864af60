//! Daemons that crash, and whose number is reused.

use std::path::Path;

use rpctl::process::{Gone, ProcessRecord, VerifyError};

use super::kind::Kind;
use super::running::Running;
use super::scenario::with_each;
use crate::support::{KillOnDrop, PATIENCE, World, sleeper_on, wait_until};

pub(super) fn act(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let family = daemon.family();
    for process in &family {
        process.kill(PATIENCE).unwrap();
    }
    assert!(matches!(
        record.verify(),
        Err(VerifyError::Gone(Gone::Exited | Gone::NoSuchProcess))
    ));
    assert!(daemon.pid_file().exists());
    // A number is free when its process was collected, and all of its group and session.
    for process in &family {
        let collected = format!("/proc/{}", process.pid());
        wait_until(|| !Path::new(&collected).exists());
    }
    let bystander = KillOnDrop(sleeper_on(daemon.pid));
    assert_eq!(bystander.0.id(), daemon.pid);
    assert!(matches!(
        record.verify(),
        Err(VerifyError::Gone(Gone::Reused))
    ));
}

#[test]
fn a_crashed_daemon_is_gone_also_if_its_number_is_reused() {
    with_each("crashes");
}
