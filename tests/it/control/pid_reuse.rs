//! The daemon dies and its number is taken between verification and signal.
//!
//! For real: in a PID namespace, `ns_last_pid` puts a bystander on the very number.
//! Rounds: 100, or as many as `RPCTL_TEST_REUSE_ROUNDS` says.

use crate::support::{PIDS, Role, Run, World, append, is_installed, is_root, role, rounds};

#[test]
fn no_bystander_is_ever_signalled() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let rounds = rounds("RPCTL_TEST_REUSE_ROUNDS", 100).to_string();
    let world = World::new();
    let reuse = role(
        Role::ReusePids,
        [world.path("").as_os_str(), rounds.as_ref()],
    );
    let run = Run::of(append(world.command("unshare").args(PIDS), &reuse));
    let said = format!("\nrounds: {rounds}, reused: {rounds}, signalled: 0\n");
    assert!(run.text().contains(&said), "{run:?}");
}
