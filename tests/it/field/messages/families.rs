//! What is said about daemons of several processes.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;

use rpctl::process::{ProcessRecord, Signal};

use super::table::Table;
use crate::support::{Family, Role, Script, World, role};

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
    stopped(table);
    left(table);
}

/// Adds what is said about families that were stopped.
fn stopped(table: &mut Table) {
    for (situation, options) in [
        ("kill of one whose worker serves on", &["kill"][..]),
        ("kill of one with its worker", &["kill", "--tree"]),
        (
            "what kill of one with its worker would do",
            &["kill", "--tree", "--dry-run"],
        ),
    ] {
        let world = World::new();
        let family = start(&world, "worker");
        let record = world.sidecar("d.json", &family.identity);
        let soon = ["--json", "--timeout", "3s", record.to_str().unwrap()];
        table.row(situation, &world, &world.rpctl([options, &soon].concat()));
    }
    let world = World::new();
    let path = world.path("s");
    let listener = UnixListener::bind(&path).unwrap();
    let arguments = [path.to_str().unwrap(), "activated"];
    let mut command = role(Role::ServeAsFamily, arguments);
    let family = Family::start_by(command.stdin(OwnedFd::from(listener.try_clone().unwrap())));
    drop(command);
    let record = world.sidecar("d.json", &family.identity);
    let record = record.to_str().unwrap();
    let run = world.rpctl(["kill", "--json", "--tree", record]);
    table.row(
        "kill of one with the listener of a supervisor",
        &world,
        &run,
    );
}

/// Adds what is said about descendants without a listener, and about signals.
fn left(table: &mut Table) {
    let sleepers = "sleep 1000 & sleep 1000 & echo up; trap 'exit 0' TERM; wait";
    for (situation, options) in [
        ("shutdown of one whose children live on", &["shutdown"][..]),
        ("a signal to one that runs", &["signal", "CONT"]),
        ("kill of one with its children", &["kill", "--tree"]),
    ] {
        let world = World::new();
        let script = Script::start(&world, sleepers);
        let process = ProcessRecord::from_pid(script.identity.pid).unwrap();
        let children = process.verify().unwrap().descendants().unwrap();
        let record = script.record.to_str().unwrap();
        let run = world.rpctl([options, &["--json", record]].concat());
        table.row(situation, &world, &run);
        for child in children {
            child.signal(Signal::Kill).unwrap();
        }
    }
}

fn start(world: &World, plan: &str) -> Family {
    Family::start(world.path("s").to_str().unwrap(), plan)
}
