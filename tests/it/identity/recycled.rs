//! The number of a dead daemon, given out again for real: in a PID namespace,
//! `ns_last_pid` decides about it.

use crate::support::{PIDS, Run, World, is_installed, is_root};

/// Let a daemon die, start an occupant on its number, and probe its record once a
/// condition of the shell holds.
fn recycled(occupant: &str, condition: &str) -> Option<Run> {
    if !is_root() || !is_installed("unshare") {
        return None;
    }
    // The tenth of a second within which a start counts as that of the record
    // has to pass.
    let script = format!(
        r#"
        "$1" spawn-self --foreground -q --record old.pb --endpoint "$PWD/old.sock" &
        daemon=$!
        until [ -e old.pb ]; do sleep 0.01; done
        kill -9 $daemon
        wait $daemon
        sleep 0.2
        echo $((daemon - 1)) > /proc/sys/kernel/ns_last_pid
        {occupant} &
        [ $! = $daemon ] || exit 99
        until {condition}; do :; done
        exec "$1" probe --json --timeout 30s old.pb
        "#
    );
    let world = World::new();
    let mut command = world.command("unshare");
    command
        .args(PIDS)
        .args(["sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_rpctl")]);
    Some(Run::of(&mut command))
}

#[test]
fn another_program_with_a_dead_daemons_pid_is_not_it() {
    if let Some(run) = recycled("sleep 1000", "true") {
        run.assert_verdict(3, "not_running", Some("pid_reused"));
    }
}

#[test]
fn a_new_instance_with_a_dead_daemons_pid_is_not_it() {
    let occupant = r#""$1" spawn-self --foreground -q --record new.pb --endpoint "$PWD/new.sock""#;
    if let Some(run) = recycled(occupant, "[ -e new.pb ]") {
        run.assert_verdict(4, "indeterminate", Some("younger_process"));
    }
}
