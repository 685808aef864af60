//! soldr 0.9.41, a cache for builds with Cargo: a bare identity in protobuf, in a slot that all
//! generations of its daemon share, and in that of its own.

use std::process::Command;

use nix::sys::signal::Signal;

use super::running::{Running, command, only_listed, program};
use crate::support::World;

const RECORD: &str = ".soldr/cache/soldr-daemon/broker-route-claim.pb";

#[test]
fn soldr_is_listed_once_while_it_runs_and_after() {
    let Some(soldr) = program("soldr") else {
        return;
    };
    let world = World::new();
    // It is the daemon under that name. Another process copies it, so that no child inherits
    // the copy being written.
    let program = world.path("soldr-daemon");
    assert!(
        Command::new("cp")
            .args([&soldr, &program])
            .status()
            .unwrap()
            .success()
    );
    let mut command = command(&world, &program);
    command
        .env("SOLDR_DAEMON_CONTROL_ENDPOINT_PATH", world.path("control"))
        .env("SOLDR_SESSION_ENDPOINT_PATH", world.path("session"));
    let mut daemon = Running::start(&world, &mut command, &world.path(RECORD));
    assert_eq!(only_listed(&world), ["verified", "soldr", "", RECORD]);
    let own = world.path(".soldr/cache/soldr-daemon/generations");
    assert_eq!(std::fs::read_dir(own).unwrap().count(), 1);
    daemon.end(Signal::SIGKILL);
    assert_eq!(only_listed(&world), ["not_running", "soldr", "", RECORD]);
}
