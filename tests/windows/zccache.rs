//! A daemon of today, from its wheel: zccache 1.15.8.

use std::process::{Command, Stdio};

use crate::support::{World, failed};

/// The path of `zccache.exe`.
const PROGRAM: &str = "RPCTL_TEST_ZCCACHE";

#[test]
fn zccache_is_verified_and_ended() {
    let Some(program) = std::env::var_os(PROGRAM) else {
        assert!(
            std::env::var_os("RPCTL_TEST_REQUIRE_ALL").is_none(),
            "{PROGRAM} is not set"
        );
        println!("skipped: {PROGRAM} is not set");
        return;
    };
    let world = World::new();
    let started = Command::new(program)
        .arg("start")
        .env("ZCCACHE_CACHE_DIR", world.path("cache"))
        .stdin(Stdio::null())
        // The daemon keeps them.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(started.success(), "{started}");
    let record = world
        .path("cache")
        .join("v1.15.8")
        .join("daemon.running-process.json");
    let record = record.to_str().unwrap();
    let probed = world.rpctl(&["probe", "--json", "--wait=60s", "--timeout=30s", record]);
    let document = probed.json();
    let killed = world.rpctl(&["kill", "--json", record]);
    assert_eq!(document["verdict"], "verified", "{document:#}");
    assert_eq!(failed(&document), Vec::<String>::new());
    assert_eq!(killed.code, Some(0), "{killed:?}");
}
