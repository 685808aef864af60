//! clud 2.8.36, a launcher of programs: a manifest, and the identity in the directory of its
//! state.

use nix::sys::signal::Signal;

use super::running::{Running, command, only_listed, program};
use crate::support::World;

const RECORD: &str = ".local/share/running-process/manifests/clud-2.8.36.pb";

#[test]
fn clud_is_listed_once_while_it_runs_and_after() {
    let Some(clud) = program("clud") else {
        return;
    };
    let world = World::new();
    let state = world.path(".clud/state");
    let mut command = command(&world, &clud);
    command.arg("__daemon").arg("--state-dir").arg(&state);
    let mut daemon = Running::start(&world, &mut command, &state.join("daemon-identity.json"));
    // The identity file comes first.
    let manifest = world.path(RECORD);
    let awaited = ["probe", "--wait", "5m", manifest.to_str().unwrap()];
    assert_eq!(world.rpctl(awaited).code, Some(0));
    assert_eq!(only_listed(&world), ["verified", "clud", "2.8.36", RECORD]);
    let document = world.rpctl(["probe", "--json", "clud"]).json();
    let target = &document["target"];
    assert_eq!(
        target["record"].as_str(),
        state.join("daemon-identity.json").to_str()
    );
    daemon.end(Signal::SIGKILL);
    assert_eq!(
        only_listed(&world),
        ["not_running", "clud", "2.8.36", RECORD]
    );
}
