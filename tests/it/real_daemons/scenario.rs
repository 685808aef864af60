//! The life of one daemon in namespaces of its own, in which it can have every number.

use super::kind::{KINDS, Kind};
use super::{crashes, records, reloads, restarts, stops, upgrades};
use crate::support::{PIDS, Role, Run, World, append, is_installed, is_root, role};

/// What is done with a daemon, in a world and by its kind.
type Act = fn(&World, &'static Kind);

const SCENARIOS: [(&str, Act); 9] = [
    ("records", records::act),
    ("gracefully", stops::gracefully),
    ("by_pid_file", stops::by_pid_file),
    ("as_a_tree", stops::as_a_tree),
    ("without_its_workers", stops::without_its_workers),
    ("crashes", crashes::act),
    ("reloads", reloads::act),
    ("restarts", restarts::act),
    ("upgrades", upgrades::act),
];

/// The first process of the namespaces, which has to collect the orphans.
const INIT: &str = "mount -t tmpfs run /run && \"$@\"; exit $?";

/// Runs a scenario with each daemon that is installed.
#[track_caller]
pub(super) fn with_each(scenario: &str) {
    with(scenario, |_| true);
}

/// Runs a scenario with the chosen daemons that are installed.
#[track_caller]
pub(super) fn with(scenario: &str, is_chosen: fn(&Kind) -> bool) {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let chosen = KINDS.iter().filter(|kind| is_chosen(kind));
    for kind in chosen.filter(|kind| kind.program().is_some()) {
        let operation = role(Role::OperateDaemon, [kind.name, scenario]);
        let world = World::new();
        let options: Vec<&str> = PIDS.iter().copied().chain(["--net"]).collect();
        let mut command = world.apart(&options, INIT);
        append(&mut command, &operation);
        let run = Run::of(&mut command);
        let said = format!("\n{} did it\n", kind.name);
        assert!(run.text().contains(&said), "{}: {run:?}", kind.name);
    }
}

/// Plays the part of [`Role::OperateDaemon`].
pub(crate) fn operate(arguments: &[String]) {
    let kind = KINDS.iter().find(|kind| kind.name == arguments[0]);
    let act = SCENARIOS.iter().find(|(name, _)| *name == arguments[1]);
    let world = World::new();
    let kind = kind.unwrap();
    (act.unwrap().1)(&world, kind);
    println!("\n{} did it", kind.name);
}
