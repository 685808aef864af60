//! What is said about signals.

use super::table::{Table, gone};
use crate::support::{Script, World, this_process};

pub(super) fn actions(table: &mut Table) {
    let world = World::new();
    let stubborn = Script::start(
        &world,
        "trap '' TERM; echo up; while :; do sleep 0.01; done",
    );
    let record = stubborn.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--timeout", "50ms", record]);
    table.row("shutdown of one that ignores SIGTERM", &world, &run);
    let turned = Script::start(
        &world,
        "trap 'exec sleep 1000' TERM; echo up; while :; do sleep 0.01; done",
    );
    let record = turned.record.to_str().unwrap();
    let run = world.rpctl(["shutdown", "--json", "--force", "--timeout", "2s", record]);
    table.row("shutdown of one that became another program", &world, &run);
    let gone = world.sidecar("d.json", &gone(this_process(&world.endpoint("s"))));
    let run = world.rpctl(["shutdown", "--json", gone.to_str().unwrap()]);
    table.row("shutdown of one that is gone", &world, &run);
    let own = world.sidecar("own.json", &this_process(&world.endpoint("s")));
    let run = world.rpctl(["kill", "--json", own.to_str().unwrap()]);
    table.row("kill of an ancestor", &world, &run);
}
