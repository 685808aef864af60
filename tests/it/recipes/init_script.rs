//! The init script, with memcached.

use super::RECIPES;
use super::contained::contained;
use crate::support::{World, block, write_program};

fn run(script: &str) -> Option<String> {
    let world = World::new();
    write_program(&world, "init", block(RECIPES, "sh", "BEGIN INIT INFO"));
    let shared = r#"
        start() { ./init start; }
        stop() { ./init stop; }
        restart() { ./init restart; }
        probe() { ./init status > /dev/null; }
        file=/run/memcached/memcached.pid
        pid() { cat "$file"; }
    "#;
    let run = contained(&world, &["memcached"], &format!("{shared}\n{script}"))?;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr, "", "{run:?}");
    Some(run.text().to_owned())
}

#[test]
fn the_init_script_starts_and_stops_one_daemon() {
    let script = r#"
        status probe
        status start
        status probe
        first=$(pid)
        status start
        [ "$(pid)" = "$first" ] && echo unchanged
        status restart
        [ "$(pid)" != "$first" ] && echo another
        status stop
        status probe
        status stop
    "#;
    let expected = "probe: 3\nstart: 0\nprobe: 0\nstart: 0\nunchanged\nrestart: 0\nanother\n\
        stop: 0\nprobe: 3\nstop: 0\n";
    assert_eq!(run(script).unwrap_or_else(|| expected.to_owned()), expected);
}

#[test]
fn the_init_script_starts_after_a_crash_and_spares_a_bystander() {
    let script = r#"
        start
        # Clocks are compared: less than a second could be their difference.
        sleep 1
        crashed=$(pid)
        kill -KILL "$crashed"
        until_true [ ! -e "/proc/$crashed" ]
        echo $((crashed - 1)) > /proc/sys/kernel/ns_last_pid
        sleep 1000 &
        [ $! = "$crashed" ] && echo reused
        status probe
        status stop
        status start
        status probe
        [ "$(pid)" != "$crashed" ] && echo another
        kill -0 "$crashed" && echo spared
    "#;
    let expected = "reused\nprobe: 3\nstop: 0\nstart: 0\nprobe: 0\nanother\nspared\n";
    assert_eq!(run(script).unwrap_or_else(|| expected.to_owned()), expected);
}
