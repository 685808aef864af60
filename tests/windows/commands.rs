//! The commands that work on the registry of the user, and those that start daemons.

use crate::role::Daemon;
use crate::support::{World, read};

/// Writes the manifest of a daemon to the registry.
fn registered(world: &World, daemon: &Daemon, name: &str) -> std::path::PathBuf {
    let identity = rpctl::record::load(&daemon.record).unwrap();
    let rpctl::record::Content::Daemon(message) = identity.content else {
        unreachable!("it is a sidecar");
    };
    let manifest = rpctl::record::CacheManifest {
        manifest_schema_version: rpctl::record::SCHEMA_VERSION,
        media_type: rpctl::record::MEDIA_TYPE.to_owned(),
        service_name: name.to_owned(),
        service_version: "1.2.3".to_owned(),
        current_daemon: Some(message),
        host: Some((&rpctl::HostIdentity::current(&world.path("."))).into()),
        ..Default::default()
    };
    let path = world.registry().join(format!("{name}-1.2.3.pb"));
    let content = rpctl::record::Content::Manifest(Box::new(manifest));
    let format = rpctl::record::Format::ManifestProtobuf;
    let digests = rpctl::record::DigestChoice::default();
    rpctl::record::save(&path, &content, format, digests).unwrap();
    path
}

#[test]
fn list_shows_the_registry_of_the_user() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    registered(&world, &daemon, "alive");
    let run = world.rpctl(&["list", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("verified"), "{run:?}");
    let service = world.rpctl(&["probe", "--json", "--service", "alive"]);
    assert_eq!(service.code, Some(0), "{service:?}");
}

#[test]
fn prune_removes_the_records_of_daemons_that_are_gone() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let alive = registered(&world, &daemon, "alive");
    let other_world = World::new();
    let mut ended = Daemon::start(&other_world);
    let gone = registered(&world, &ended, "gone");
    ended.end();
    let run = world.rpctl(&["prune", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(alive.exists(), "{run:?}");
    assert!(!gone.exists(), "{run:?}");
}

#[test]
fn record_writes_a_process_record_that_is_verified() {
    let world = World::new();
    let mut daemon = Daemon::exiting(&world, 0);
    let path = world.path("process.json");
    let pid = daemon.pid().to_string();
    let run = world.rpctl(&["record", "--pid", &pid, "--record", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(read(&path)["process"]["pid"], daemon.pid());
    let document = world.probe(&path).json();
    assert_eq!(document["verdict"], "verified", "{document:#}");
    daemon.end();
    let document = world.probe(&path).json();
    assert_eq!(document["verdict"], "not_running", "{document:#}");
}

#[test]
fn a_daemon_of_its_own_answers_and_stops_by_its_event() {
    let world = World::new();
    let pipe = world.pipe();
    let spawn = [
        "spawn-self",
        "--json",
        "--idle-timeout",
        "60s",
        "--endpoint",
        &pipe,
    ];
    let run = world.rpctl(&spawn);
    assert_eq!(run.code, Some(0), "{run:?}");
    let record = run.json()["daemon"]["record"].as_str().unwrap().to_owned();
    let probed = world.rpctl(&["probe", "--json", &record]);
    assert_eq!(probed.code, Some(0), "{probed:?}");
    let stopped = world.rpctl(&["shutdown", "--json", &record]);
    assert_eq!(stopped.code, Some(0), "{stopped:?}");
    assert!(!std::path::Path::new(&record).exists(), "{stopped:?}");
}

#[test]
fn spawn_self_once_shows_that_everything_works() {
    let world = World::new();
    let run = world.rpctl(&["spawn-self", "--once"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn help_and_version_need_no_registry() {
    let world = World::new();
    for arguments in [&["--version"][..], &["--help"], &["probe", "-h"]] {
        let run = world.rpctl(arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.contains("rpctl"), "{run:?}");
    }
}
