//! What is said about daemons of several processes.

use super::table::Table;
use crate::support::{Family, World};

pub(super) fn families(table: &mut Table) {
    for (situation, plan) in [
        ("a worker accepts", "worker"),
        ("a listener that only a worker holds", "handed_down"),
        (
            "a listener that only another user's worker holds",
            "handed_down_dropped",
        ),
        (
            "a daemon that forks after it recorded itself",
            "recorded_early",
        ),
    ] {
        let world = World::new();
        let mut family = start(&world, plan);
        if plan == "recorded_early" {
            family.wait_for_first();
        }
        table.probed(situation, &world, &family.identity);
    }
    let world = World::new();
    let family = start(&world, "worker");
    family.stop_server();
    let record = world.sidecar("d.json", &family.identity);
    let record = record.to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "300ms", record]);
    table.row("a worker that does not accept", &world, &run);
}

fn start(world: &World, plan: &str) -> Family {
    Family::start(world.path("s").to_str().unwrap(), plan)
}
