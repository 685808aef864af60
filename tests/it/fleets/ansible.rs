//! The commands for all machines, of which there is one here.

use super::PAGE;
use crate::support::{Daemon, Run, World, block, is_installed};

/// Runs a script of the page with this machine as the whole inventory.
fn run(world: &World, script: &str) -> Run {
    std::fs::write(world.path("hosts"), "localhost ansible_connection=local\n").unwrap();
    let mut command = world.user_command("sh");
    command
        .args(["-ec", script])
        .env("ANSIBLE_INVENTORY", world.path("hosts"))
        .env("ANSIBLE_PYTHON_INTERPRETER", "auto_silent");
    Run::of(&mut command)
}

#[test]
fn ansible_tells_what_is_not_verified_and_stops_a_service() {
    if !is_installed("ansible") || !is_installed("jq") {
        return;
    }
    let world = World::new();
    let _verified = Daemon::registered(&world, "queue");
    let mut dead = Daemon::registered(&world, "dead");
    dead.kill();
    let found = run(&world, block(PAGE, "sh", "rpctl list --output ndjson"));
    assert_eq!(found.code, Some(0), "{found:?}");
    assert_eq!(found.text().lines().count(), 1, "{found:?}");
    assert!(found.text().contains(": not running: "), "{found:?}");
    assert!(!found.text().contains("null"), "{found:?}");

    let mut daemon = Daemon::registered(&world, "cache");
    let stopped = run(&world, block(PAGE, "sh", "rpctl shutdown"));
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert!(stopped.text().contains("terminated: cache"), "{stopped:?}");
    daemon.wait();
}
