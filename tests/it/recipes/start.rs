//! The script that starts a daemon unless it runs.

use super::RECIPES;
use crate::support::{Run, World, block};

/// Runs the script after a preparation, which can use everything that the
/// script defines. Returns how the script ended, and what it called in order.
fn run_example(world: &World, prepare: &str) -> (Run, Vec<String>) {
    let script = block(RECIPES, "sh", "start_daemon");
    let script = script.strip_prefix("start() {").unwrap();
    let script = format!(
        r#"
        record=$PWD/daemon.pb
        spawn() {{ "$RPCTL" spawn-self --quiet --record "$record"; }}
        {prepare}
        rpctl() {{ echo "$*" >> calls; "$RPCTL" "$@"; }}
        start_daemon() {{ echo start >> calls; spawn; }}
        start() {{{script}"#
    );
    let mut command = world.command("sh");
    command
        .args(["-euc", &script])
        .env("RPCTL", env!("CARGO_BIN_EXE_rpctl"));
    let run = Run::of(&mut command);
    let record = world.path("daemon.pb");
    world.rpctl(["kill".as_ref(), "--quiet".as_ref(), record.as_os_str()]);
    let calls = std::fs::read_to_string(world.path("calls")).unwrap();
    let calls = calls.replace(record.to_str().unwrap(), "RECORD");
    (run, calls.lines().map(str::to_owned).collect())
}

const DECIDES: &str = "probe --quiet RECORD";
const WAITS: &str = "probe --quiet --wait 30s RECORD";

#[test]
fn the_script_starts_the_first_daemon() {
    let (run, calls) = run_example(&World::new(), "");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, ["start", WAITS]);
}

#[test]
fn the_script_starts_a_dead_daemon_without_waiting() {
    let gone = r#"spawn; "$RPCTL" kill --quiet "$record""#;
    let (run, calls) = run_example(&World::new(), gone);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, [DECIDES, "start", WAITS]);
}

#[test]
fn the_script_leaves_a_daemon_alone_that_is_up() {
    let (run, calls) = run_example(&World::new(), "spawn");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, [DECIDES]);
}

/// The socket is missing until the wait has begun.
#[test]
fn the_script_waits_for_a_starting_daemon() {
    let starting = r#"
        "$RPCTL" spawn-self --quiet --record "$record" --endpoint "$PWD/socket"
        mv socket away
        mkfifo pipe
        { read -r _; mv away socket; } < pipe &
        exec 3> pipe
        real=$RPCTL
        telling() {
            case "$*" in *--wait*) echo >&3 ;; esac
            "$real" "$@"
        }
        RPCTL=telling"#;
    let (run, calls) = run_example(&World::new(), starting);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(calls, [DECIDES, WAITS]);
}

#[test]
fn the_script_does_not_touch_what_it_cannot_tell() {
    let (run, calls) = run_example(&World::new(), r#"echo '{}' > "$record""#);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("do not touch it"), "{run:?}");
    assert_eq!(calls, [DECIDES]);
}
