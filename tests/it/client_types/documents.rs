//! A document of every branch of the schema, printed by the program.

use std::collections::BTreeSet;

use crate::support::{Daemon, Run, SCHEMA, World};

/// Returns documents with the titles of their branches. Every branch is there.
pub(super) fn documents() -> Vec<(&'static str, String)> {
    let mut documents = Vec::new();
    let mut keep = |branch, run: Run| documents.push((branch, run.text().to_owned()));
    let world = World::new();
    let daemon = Daemon::registered(&world, "cache");
    let record = daemon.record().to_str().unwrap();
    let none = world.path("none.pb");
    let none = none.to_str().unwrap();
    keep("ProbeDocument", world.rpctl(["probe", "--json", record]));
    keep("ProbeDocument", world.rpctl(["probe", "--json", none]));
    keep(
        "ProbeReportsDocument",
        world.rpctl(["probe", "--json", record, none]),
    );
    keep("ListDocument", world.rpctl(["list", "--json"]));
    keep("ListReportDocument", world.rpctl(["list", "-o", "ndjson"]));
    keep(
        "InspectManifestDocument",
        world.rpctl(["inspect-manifest", "--json", record]),
    );
    keep(
        "SignalDocument",
        world.rpctl(["signal", "--json", "HUP", "--dry-run", record]),
    );
    keep(
        "ShutdownDocument",
        world.rpctl(["shutdown", "--json", "--dry-run", record]),
    );
    keep("PruneDocument", world.rpctl(["prune", "--json"]));
    let pid = daemon.identity.pid.to_string();
    keep(
        "RecordDocument",
        world.rpctl(["record", "--json", "--pid", &pid]),
    );
    keep("KillDocument", world.rpctl(["kill", "--json", record]));
    keep(
        "ShutdownDocument",
        world.rpctl(["shutdown", "--json", record]),
    );
    keep(
        "PruneDocument",
        world.rpctl(["prune", "--json", "--dry-run"]),
    );
    keep(
        "SpawnSelfReportDocument",
        world.rpctl(["spawn-self", "--json", "--once"]),
    );
    keep("ErrorDocument", world.rpctl(["probe", "--json", "--what"]));
    let spawned = world.rpctl(["spawn-self", "--json", "--record", none]);
    keep("SpawnSelfDocument", spawned);
    keep(
        "ShutdownDocument",
        world.rpctl(["shutdown", "--json", "--timeout", "30s", none]),
    );
    let kept: BTreeSet<&str> = documents.iter().map(|(branch, _)| *branch).collect();
    assert_eq!(kept, branches());
    documents
}

fn branches() -> BTreeSet<&'static str> {
    let branches = SCHEMA["anyOf"].as_array().unwrap().iter();
    let title = |branch: &'static serde_json::Value| {
        let at = branch["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
        SCHEMA.pointer(at).unwrap()["title"].as_str().unwrap()
    };
    branches.map(title).collect()
}
