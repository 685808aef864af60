//! What is said about signals, and about records that are kept.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use rpctl::record::{CacheManifest, HostMessage};
use serde_json::Value;

use super::table::{Table, gone};
use crate::support::{Daemon, Run, Script, World, this_process};

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

/// Adds why records are not removed and not replaced.
pub(super) fn kept(table: &mut Table) {
    let world = World::new();
    std::fs::create_dir(world.path("registry")).unwrap();
    let here = this_process(&world.endpoint("s"));
    let dead = gone(here.clone());
    world.manifest("registry/elsewhere.pb", &dead, elsewhere);
    let open = world.manifest("registry/open.pb", &dead, |_| {});
    std::fs::set_permissions(&open, Permissions::from_mode(0o666)).unwrap();
    world.manifest("registry/alive.pb", &here, |_| {});
    std::fs::write(world.path("registry/garbage.pb"), "no record").unwrap();
    let run = world.rpctl(["prune", "--json"]);
    let document = run.json();
    let mut entries: Vec<&Value> = document["kept"].as_array().unwrap().iter().collect();
    entries.sort_by_key(|entry| entry["target"]["record"].to_string());
    for entry in entries {
        let text = |field: &str| entry[field].as_str().unwrap_or_default().to_owned();
        let record = entry["target"]["record"].as_str().unwrap();
        let name = record.rsplit('/').next().unwrap();
        let (summary, mut detail) = (text("summary"), text("detail"));
        if detail == summary {
            detail.clear();
        }
        let said = format!("{}: {detail}; {summary}", text("why"));
        let advice = entry["advice"].as_str().map(str::to_owned);
        table.said(&format!("prune of {name}"), &world, &run, &said, advice);
    }

    let world = World::new();
    let daemon = Daemon::start(&world);
    let garbage = world.path("garbage.pb");
    std::fs::write(&garbage, "no record").unwrap();
    let other = world.manifest("other.pb", &gone(here.clone()), |_| {});
    let foreign = world.manifest("foreign.pb", &gone(here), |manifest| {
        "rpctl-self".clone_into(&mut manifest.service_name);
        elsewhere(manifest);
    });
    for (situation, record) in [
        ("spawn-self over a living daemon", daemon.record()),
        ("spawn-self over a file that is no record", &garbage),
        ("spawn-self over the record of another service", &other),
        ("spawn-self over the record of another machine", &foreign),
    ] {
        let socket = world.path("new.sock");
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command
            .args(["spawn-self", "--json", "--record"])
            .arg(record);
        let run = Run::of(command.arg("--endpoint").arg(socket));
        table.row(situation, &world, &run);
    }
}

/// Makes a manifest one of another machine.
fn elsewhere(manifest: &mut CacheManifest) {
    manifest.host = Some(HostMessage {
        machine_id: "0".repeat(31) + "1",
        hostname: "node-a".to_owned(),
        ..HostMessage::default()
    });
}
