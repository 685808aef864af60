//! Daemons that are stopped gracefully, each by its own signal.

use rpctl::process::{Gone, ProcessRecord, SendOutcome, VerifyError};

use super::kind::Kind;
use super::running::{Running, wait_for_end};
use super::scenario::with_each;
use crate::support::World;

pub(super) fn act(world: &World, kind: &'static Kind) {
    let daemon = Running::start(world, kind);
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    let family = daemon.family();
    let sent = record.verify().unwrap().signal(kind.stop);
    assert_eq!(sent.unwrap(), SendOutcome::Delivered);
    family.iter().for_each(wait_for_end);
    assert!(matches!(
        record.verify(),
        Err(VerifyError::Gone(Gone::Exited | Gone::NoSuchProcess))
    ));
}

#[test]
fn each_daemon_ends_with_its_workers_by_its_own_signal() {
    with_each("stops");
}
