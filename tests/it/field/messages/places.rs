//! What is said about file systems, emulators, boots and namespaces.

use super::super::boots;
use super::super::container::{Container, Init, contained};
use super::super::emulated;
use super::super::hangs::mount::HangingMount;
use super::super::strangers::{SILENT, probe_without_entering, squat};
use super::table::Table;
use crate::support::{Daemon, Run, World, is_installed, this_process};

pub(super) fn places(table: &mut Table) {
    hung(table);
    let world = World::new();
    let situations = ["a program in an emulator", "kill of one in an emulator"];
    if emulated::can_register(&world) {
        let script = emulated::start(&world, emulated::BY_MAGIC);
        table.row(situations[0], &world, &world.probe(&script.record));
        let run = world.rpctl(["kill", "--json", script.record.to_str().unwrap()]);
        table.row(situations[1], &world, &run);
    } else {
        table.lacks(&situations);
    }
    let [[of_daemon, of_caller], _] = boots::mounts();
    let world = World::new();
    let daemon = boots::start(&world, &of_daemon);
    let mut command = boots::isolated(&world, &of_caller);
    command.args(["probe", "--json", "--timeout=30s"]);
    let run = Run::of(command.arg(daemon.record()));
    table.row("two boot IDs on one kernel", &world, &run);
    namespaces(table);
}

fn hung(table: &mut Table) {
    let situations = [
        "a socket on a file system that hangs",
        "an executable on a file system that hangs",
        "a record on a file system that hangs",
    ];
    let Some(mount) = HangingMount::unanswering() else {
        table.lacks(&situations);
        return;
    };
    let world = &mount.world;
    let mut identity = this_process(&world.endpoint("none"));
    identity.exe_path = mount.path("bin/daemon");
    let record = world.sidecar("d.json", &identity);
    table.row(situations[1], world, &mount.probe(&record));
    let mut identity = this_process(&world.endpoint("none"));
    let socket = mount.path("socket").to_str().unwrap().to_owned();
    identity.ipc_endpoint.path = socket;
    let record = world.sidecar("d.json", &identity);
    table.row(situations[0], world, &mount.probe(&record));
    table.row(situations[2], world, &mount.probe(&mount.path("d.json")));
    mount.end();
}

fn namespaces(table: &mut Table) {
    let world = World::new();
    let container = Container::start(&world, Init::Parent);
    let record = container.daemon.record();
    let run = world.probe(record);
    table.row("a daemon in a container, from outside", &world, &run);
    let mut other = contained(&world, Init::Daemon);
    other.args(["probe", "--json"]).arg(record);
    let run = Run::of(&mut other);
    table.row("a daemon in another container", &world, &run);

    let world = World::new();
    let situation = "a network namespace that may not be entered";
    if is_installed("setpriv") {
        table.row(situation, &world, &probe_without_entering(&world));
    } else {
        table.lacks(&[situation]);
    }

    let situation = "a squatter in a PID namespace of its own";
    if !is_installed("python3") {
        table.lacks(&[situation]);
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let socket = daemon.socket().to_owned();
    let _squatter = squat(&world, &daemon, &["python3", "-c", SILENT, &socket]);
    let record = daemon.record().to_str().unwrap();
    let run = world.rpctl(["probe", "--json", "--timeout", "300ms", record]);
    table.row(situation, &world, &run);
}
