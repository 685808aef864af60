//! The entrypoint of a container, with memcached.

use super::RECIPES;
use super::contained::contained;
use crate::support::{World, block, write_program};

/// Runs the entrypoint as PID 1 of a container, and a script outside that knows its number
/// there as `$container`.
fn run(script: &str) -> Option<String> {
    let world = World::new();
    write_program(
        &world,
        "entrypoint",
        block(RECIPES, "sh", "# entrypoint.sh"),
    );
    let shared = r#"
        unshare --pid --fork --mount-proc ./entrypoint &
        runtime=$!
        until_true [ -s /run/memcached.json ]
        container=$(cat "/proc/$runtime/task/$runtime/children")
        container=${container% }
        finished() { wait "$runtime"; }
        health() {
            nsenter --target "$container" --pid --mount \
                rpctl probe --exit-style docker /run/memcached.json > /dev/null
        }
    "#;
    let run = contained(
        &world,
        &["memcached", "nsenter"],
        &format!("{shared}\n{script}"),
    )?;
    assert_eq!(run.code, Some(0), "{run:?}");
    Some(run.text().to_owned())
}

#[test]
fn the_container_ends_with_its_daemon_when_it_is_told_to() {
    let script = r#"
        status health
        kill -TERM "$container"
        status finished
        [ "$(pid_of memcached)" ] || echo ended
    "#;
    let expected = "health: 0\nfinished: 0\nended\n";
    assert_eq!(run(script).unwrap_or_else(|| expected.to_owned()), expected);
}

#[test]
fn the_container_ends_when_its_daemon_crashes() {
    let script = r#"
        kill -KILL "$(pid_of memcached)"
        status finished
    "#;
    let expected = "finished: 137\n";
    assert_eq!(run(script).unwrap_or_else(|| expected.to_owned()), expected);
}
