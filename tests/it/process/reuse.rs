//! The recorded process dies, and its number is taken by another one.
//!
//! For real: in a PID namespace, `ns_last_pid` puts a bystander on the very number, at once.
//! Rounds: 100, or as many as `RPCTL_TEST_REUSE_ROUNDS` says.

use crate::support::{PIDS, Role, Run, World, append, is_installed, is_root, reuse_in_parts, role};

/// The rounds in one namespace: each takes a tick, and a run has a limit.
const ROUNDS_AT_ONCE: usize = 500;

#[test]
fn a_bystander_is_neither_verified_nor_signalled() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    reuse_in_parts(ROUNDS_AT_ONCE, assert_spared);
}

#[track_caller]
fn assert_spared(rounds: usize) {
    let reuse = role(Role::ReuseRecordedPids, [rounds.to_string()]);
    let world = World::new();
    let run = Run::of(append(world.command("unshare").args(PIDS), &reuse));
    let said = format!("\nrounds: {rounds}, reused: {rounds}, verified: 0, signalled: 0\n");
    assert!(run.text().contains(&said), "{run:?}");
}
