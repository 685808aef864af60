//! nginx, which is upgraded without a pause: by SIGUSR2, the master starts a new master as
//! its child, which takes over the listeners and the PID file.

use rpctl::process::{ProcessRecord, Signal, VerifiedProcess};

use super::kind::Kind;
use super::reloads::{start_copy, upgrade};
use super::running::wait_for_end;
use super::scenario::with;
use crate::support::{World, wait_until};

pub(super) fn act(world: &World, kind: &'static Kind) {
    let mut daemon = start_copy(world, kind);
    let pid_file = daemon.pid_file();
    let path = world.path("old.json");
    let record = ProcessRecord::from_pid(daemon.pid).unwrap();
    record
        .clone()
        .with_listeners()
        .unwrap()
        .save(&path)
        .unwrap();
    let old = record.verify().unwrap();

    upgrade(world, &daemon.program);
    old.signal(Signal::Usr2).unwrap();
    let mut new = None;
    wait_until(|| {
        let record = rpctl::record::load(&pid_file).ok();
        new = record.and_then(|record| record.content.pid());
        new.is_some_and(|new| new != old.pid())
    });
    let new = new.unwrap();
    let workers = old.descendants().unwrap();
    assert!(
        workers
            .iter()
            .map(VerifiedProcess::pid)
            .any(|pid| pid == new)
    );
    world
        .probe(&path)
        .assert_verdict(0, "verified", Some("outdated"));

    old.signal(kind.stop).unwrap();
    wait_for_end(&old);
    daemon.wait_for_start();
    assert_eq!(daemon.pid, new);
    world
        .probe(&path)
        .assert_verdict(3, "not_running", Some("process_exited"));
}

#[test]
fn an_upgraded_nginx_is_another_process_and_both_are_told_apart() {
    with("upgrades", |kind| kind.name == "nginx");
}
