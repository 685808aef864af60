//! What is said on Windows can be followed there.

use crate::role::Daemon;
use crate::support::{Run, World};

/// Commands, users and files of other systems.
const FOREIGN: [&str; 16] = [
    " ps -",
    " ss -",
    " ls -",
    " rm ",
    "sudo",
    " root",
    "/proc",
    "ulimit",
    "chmod",
    "SIGTERM",
    "SIGKILL",
    "systemctl",
    "docker",
    "socket",
    "cgroup",
    "/etc/",
];

#[track_caller]
fn assert_ours(run: &Run) {
    for said in [&run.stdout, &run.stderr] {
        // An option of this program.
        let said = said.replace("--socket", "");
        for word in FOREIGN {
            assert!(!said.contains(word), "{word:?}: {run:?}");
        }
    }
}

#[test]
fn messages_and_hints_have_the_words_of_windows() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let record = |name: &str, key: &str, value: &str| {
        let edited = world.edited(&daemon.record, |record| match key {
            "path" => record["ipc_endpoint"]["path"] = value.into(),
            "digest" => {
                record["legacy_exe_sha256"] = vec![7; 32].into();
                record["exe_hash"] = vec![7; 32].into();
            }
            key => record[key] = value.into(),
        });
        let path = world.path(name);
        std::fs::rename(edited, &path).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let sound = daemon.record.to_str().unwrap().to_owned();
    let missing = record("missing pipe.json", "path", "rpctl-test-missing");
    let invalid = record("invalid.json", "path", r"C:\daemon.sock");
    let digest = record("digest.json", "digest", "");
    let boot = record("boot.json", "boot_id", "");
    let number = world.path("number.pid");
    std::fs::write(&number, std::process::id().to_string()).unwrap();
    let number = number.to_str().unwrap().to_owned();
    let absent = world.path("absent.json").to_str().unwrap().to_owned();
    let pipe = world.pipe();
    for arguments in [
        &["probe", &sound][..],
        &["probe", &missing],
        &["probe", &invalid],
        &["probe", &digest],
        &["probe", &boot],
        &["probe", &number],
        &["probe", &absent],
        &["shutdown", &sound],
        &["shutdown", "--dry-run", &sound],
        &["kill", "--dry-run", &sound],
        &["kill", &digest],
        &["kill", &number],
        &["signal", "HUP", &sound],
        &["signal", "TERM", &sound],
        &["record", "--pid", "999999"],
        &["record", "--socket", &pipe],
        &["record", "--socket", "@abstract"],
        &["record", "--socket", "127.0.0.1:1"],
        &["spawn-self", "--endpoint", &daemon.pipe],
        &["list"],
        &["prune"],
        &["inspect-manifest", &sound],
    ] {
        assert_ours(&world.rpctl(arguments));
    }
    daemon.end();
    for command in ["probe", "shutdown", "kill"] {
        assert_ours(&world.rpctl(&[command, &sound]));
    }
}

#[test]
fn a_hint_quotes_a_name_for_both_shells() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let path = world.path("my daemon.json");
    std::fs::copy(&daemon.record, &path).unwrap();
    let run = world.rpctl(&["shutdown", path.to_str().unwrap()]);
    let said = format!("{}{}", run.stdout, run.stderr);
    let quoted = format!("rpctl kill \"{}\"", path.display());
    assert!(said.contains(&quoted), "{said}");
}
