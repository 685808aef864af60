//! What is said about processes that stand still.

use super::super::cgroup::Cgroup;
use super::super::standstill::trace;
use super::table::Table;
use crate::support::{Daemon, World, is_installed};

pub(super) fn standstills(table: &mut Table) {
    let situations = ["a daemon in a debugger", "shutdown of one in a debugger"];
    if is_installed("python3") {
        let world = World::new();
        let daemon = Daemon::start(&world);
        let _debugger = trace(&world, daemon.pid());
        probed_and_stopped(table, situations, &world, &daemon);
    } else {
        table.lacks(&situations);
    }
    frozen(
        table,
        Cgroup::v1("messages"),
        [
            "a daemon frozen by cgroup v1",
            "shutdown of one frozen by cgroup v1",
        ],
    );
    frozen(
        table,
        Cgroup::v2("messages"),
        [
            "a daemon frozen by cgroup v2",
            "shutdown of one frozen by cgroup v2",
        ],
    );
}

fn frozen(table: &mut Table, cgroup: Option<Cgroup>, situations: [&'static str; 2]) {
    let Some(cgroup) = cgroup else {
        table.lacks(&situations);
        return;
    };
    let world = World::new();
    let daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    let _frozen = cgroup.freeze();
    probed_and_stopped(table, situations, &world, &daemon);
}

fn probed_and_stopped(
    table: &mut Table,
    [probed, stopped]: [&str; 2],
    world: &World,
    daemon: &Daemon,
) {
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "300ms", record]);
    table.row(probed, world, &run);
    let limits = ["--timeout", "300ms", "--probe-timeout", "300ms"];
    let run = world.rpctl(["shutdown", "--json", record].into_iter().chain(limits));
    table.row(stopped, world, &run);
}
