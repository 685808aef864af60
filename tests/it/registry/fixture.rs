//! Records in a registry, and the daemons they are of.

use std::path::PathBuf;

use rpctl::DaemonProcess;
use rpctl::record::{CacheManifest, HostMessage};
use serde_json::Value;

use crate::support::{Daemon, MAX_PID, Run, World, this_process};

/// The path of a file in the registry.
pub(super) fn place(world: &World, name: &str) -> PathBuf {
    world.path("registry").join(name)
}

/// A daemon that has recorded itself in the registry.
pub(super) fn daemon(world: &World, service: &str) -> Daemon {
    Daemon::registered(world, service)
}

/// A daemon that has recorded itself, and was killed.
pub(super) fn dead(world: &World, service: &str) -> Daemon {
    let mut daemon = daemon(world, service);
    daemon.kill();
    daemon
}

/// A record of this process in the registry, with no listener at its endpoint.
pub(super) fn record(world: &World, name: &str, edit: impl FnOnce(&mut CacheManifest)) -> PathBuf {
    record_of(world, name, &this_process(&world.endpoint(name)), edit)
}

/// A record in the registry.
pub(super) fn record_of(
    world: &World,
    name: &str,
    daemon: &DaemonProcess,
    edit: impl FnOnce(&mut CacheManifest),
) -> PathBuf {
    world.manifest(&format!("registry/{name}.pb"), daemon, edit)
}

/// An identity like that of this process, of which nothing runs.
pub(super) fn gone(world: &World, name: &str) -> DaemonProcess {
    DaemonProcess {
        pid: MAX_PID,
        ..this_process(&world.endpoint(name))
    }
}

/// The host of another machine.
pub(super) fn elsewhere() -> HostMessage {
    HostMessage {
        machine_id: "00000000000000000000000000000001".to_owned(),
        ..HostMessage::default()
    }
}

/// For each report of a list, the name of the file and the verdict.
pub(super) fn verdicts(document: &Value) -> Vec<(String, String)> {
    let reports = document["reports"].as_array().unwrap();
    reports
        .iter()
        .map(|report| (file_name(report), text(&report["verdict"])))
        .collect()
}

/// The paths that `rpctl prune` says to have removed, and for each record that it
/// kept the name of the file and why.
pub(super) fn pruned(run: &Run) -> (Vec<PathBuf>, Vec<(String, String)>) {
    let document = run.json();
    let of = |key: &str| document[key].as_array().unwrap().clone();
    let removed = of("pruned").into_iter().flat_map(|one| {
        let removed = one["removed"].as_array().unwrap().clone();
        removed.into_iter().map(|path| text(&path).into())
    });
    let kept = of("kept");
    let kept = kept.iter().map(|one| {
        assert!(!text(&one["detail"]).is_empty(), "{one:#}");
        (file_name(one), text(&one["why"]))
    });
    (removed.collect(), kept.collect())
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn file_name(report: &Value) -> String {
    let path = text(&report["target"]["record"]);
    path.rsplit('/').next().unwrap().to_owned()
}
