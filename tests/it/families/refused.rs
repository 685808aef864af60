//! Families that are not stopped, because not all of it can be proven or held.

use super::fixture::{Kin, assert_outcome};
use crate::support::{Run, World, is_installed};

#[test]
fn nothing_is_signalled_if_not_all_descendants_can_be_held() {
    let world = World::new();
    let plan = "for at in range(40): child('child%d' % at, sleeper)\n";
    let Some(family) = Kin::start(&world, plan) else {
        return;
    };
    if !is_installed("prlimit") {
        return;
    }
    let record = family.script.record.to_str().unwrap();
    // Each limit is met by another system call.
    for limit in 44..=50 {
        let mut command = world.command("prlimit");
        command
            .args([&format!("--nofile={limit}"), env!("CARGO_BIN_EXE_rpctl")])
            .args(["shutdown", "--tree", "--json", "--probe-timeout", "200ms"])
            .arg(record);
        let run = Run::of(&mut command);
        let document = assert_outcome(&run, "refused", 9);
        let summary = document["summary"].as_str().unwrap();
        assert!(summary.contains("cannot all be held"), "{summary}");
        let hints = document["hints"].to_string();
        assert!(hints.contains("ulimit -n"), "{limit}: {hints}");
    }
    assert!(family.is_alive("child0") && family.is_alive("child39"));
}
