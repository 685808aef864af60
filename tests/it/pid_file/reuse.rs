//! The daemon of a PID file dies, and its number is taken by another process.
//!
//! For real: in a PID namespace, `ns_last_pid` puts a bystander on the very number, at once.
//! Rounds: 100, or as many as `RPCTL_TEST_REUSE_ROUNDS` says.
//!
//! Within two ticks of the file, the daemon that has written it and a process that has taken its
//! number look alike: no process gets a number of another one so soon, unless it is forced to.

use std::path::Path;

use rpctl::control::{Signal, Trust};
use rpctl::{__private, Probe, Verdict, record};

use super::{sleep_program, sleeper, wait_for_program};
use crate::support::{
    Role, Run, World, append, is_installed, is_root, is_signalled, reuse_in_parts, role,
    sleeper_on, stop, wait_until,
};

/// The rounds in one namespace: each takes a tick, and a run has a limit.
const ROUNDS_AT_ONCE: usize = 500;

/// More than the tick of a start and the tolerance, in milliseconds.
const TICK_MS: u64 = 25;

#[test]
fn a_bystander_is_neither_verified_nor_signalled() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    reuse_in_parts(ROUNDS_AT_ONCE, assert_spared);
}

#[track_caller]
fn assert_spared(rounds: usize) {
    let rounds = rounds.to_string();
    let world = World::new();
    let reuse = role(
        Role::ReusePidFiles,
        [world.path("daemon.pid").as_os_str(), rounds.as_ref()],
    );
    let mut command = world.command("unshare");
    command.args(["--pid", "--fork", "--kill-child", "--mount-proc"]);
    let run = Run::of(append(&mut command, &reuse));
    let said = format!("\nrounds: {rounds}, reused: {rounds}, verified: 0, signalled: 0\n");
    assert!(run.text().contains(&said), "{run:?}");
}

/// Reuses the number in a PID file, in rounds: before the probe, and between the probe and the
/// signal.
pub(crate) fn reuse(path: &Path, rounds: &str) {
    let rounds: u32 = rounds.parse().unwrap();
    let (mut reused, mut verified, mut signalled) = (0, 0, 0);
    let exe = sleep_program();
    for round in 0..rounds {
        let mut daemon = sleeper();
        std::fs::write(path, format!("{}\n", daemon.0.id())).unwrap();
        let probe = || {
            let record = record::load(path).unwrap();
            Probe::from_record(&record).exe(&exe).run()
        };
        let signal = [Signal::Term, Signal::Kill][round as usize % 2];
        let grant = probe().into_grant(signal, Trust::Required).unwrap();
        let written = __private::unix_now_ms();
        wait_until(|| __private::unix_now_ms() > written + TICK_MS);
        daemon.0.kill().unwrap();
        daemon.0.wait().unwrap();
        let mut bystander = sleeper_on(daemon.0.id());
        reused += u32::from(bystander.id() == daemon.0.id());
        wait_for_program(bystander.id(), "sleep");
        let report = probe();
        verified += u32::from(report.verdict() == Verdict::Verified);
        let refused = report.into_grant(signal, Trust::Required).is_err();
        stop(bystander.id());
        // Goes to the daemon that was proven, or nowhere.
        let _ = grant.send();
        signalled += u32::from(!refused || is_signalled(bystander.id()));
        bystander.kill().unwrap();
        bystander.wait().unwrap();
    }
    println!("\nrounds: {rounds}, reused: {reused}, verified: {verified}, signalled: {signalled}");
}
