//! Descriptors that have run out, and a registry that cannot be written.

use std::path::Path;
use std::process::Command;

use rpctl::DaemonProcess;
use serde_json::Value;

use crate::support::{Daemon, MAX_PID, Run, Script, World, is_installed, is_root};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// Counts the verdicts of a list of reports.
pub(super) fn count(document: &Value, verdict: &str) -> usize {
    let reports = document["reports"].as_array().unwrap();
    let verdicts = reports.iter().map(|report| &report["verdict"]);
    verdicts.filter(|found| *found == verdict).count()
}

/// A registry with so many records of a living daemon, which count as one, and one each of so
/// many dead ones.
pub(super) fn crowd(world: &World, each: usize) -> Daemon {
    let daemon = Daemon::registered(world, "live");
    let dead = DaemonProcess {
        pid: MAX_PID,
        ipc_endpoint: world.endpoint("dead"),
        ..daemon.identity.clone()
    };
    for number in 1..each {
        let copy = world.path(&format!("registry/live{number}.pb"));
        std::fs::copy(daemon.record(), copy).unwrap();
    }
    for number in 0..each {
        let dead = DaemonProcess {
            ipc_endpoint: world.endpoint(&format!("dead{number}")),
            ..dead.clone()
        };
        world.manifest(&format!("registry/dead{number}.pb"), &dead, |_| {});
    }
    daemon
}

#[test]
fn with_few_descriptors_fewer_records_are_probed_at_once() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let _daemon = crowd(&world, 100);
    for limit in [12, 20, 40, 64] {
        let run = |arguments: &[&str]| {
            let mut command = world.command("prlimit");
            command.arg(format!("--nofile={limit}")).arg(PROGRAM);
            let run = Run::of(command.args(arguments).args(["--json", "--timeout", "30s"]));
            (run.code, run.json())
        };
        for (arguments, code) in [(&["probe", "--all"][..], 3), (&["list"], 0)] {
            let (found, document) = run(arguments);
            assert_eq!(found, Some(code), "{limit}");
            let counts = ["verified", "not_running"].map(|verdict| count(&document, verdict));
            assert_eq!(counts, [1, 100], "{limit}");
        }
        let (_, pruned) = run(&["prune", "--dry-run"]);
        assert_eq!(pruned["pruned"].as_array().unwrap().len(), 100, "{limit}");
    }
}

/// Returns a command with the registry mounted for reading only.
fn with_read_only_registry(world: &World) -> Command {
    let script = r#"
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"
    "#;
    let mut command = world.apart(&["--mount"], script);
    command.arg(world.path("registry")).arg(PROGRAM);
    command
}

#[test]
fn a_read_only_registry_is_read_and_its_state_is_right() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let _daemon = crowd(&world, 2);
    let run = |arguments: &[&str]| Run::of(with_read_only_registry(&world).args(arguments));
    for (arguments, code) in [(&["probe", "--all"][..], 3), (&["list"], 0)] {
        let run = run(&[arguments, &["--json", "--timeout", "30s"]].concat());
        assert_eq!(run.code, Some(code), "{run:?}");
        let counts = ["verified", "not_running"].map(|verdict| count(&run.json(), verdict));
        assert_eq!(counts, [1, 2]);
    }
    for options in [&["--dry-run"][..], &[]] {
        let run = run(&[&["prune"], options].concat());
        assert_eq!(run.code, Some(9), "{run:?}");
        assert!(run.text().contains("mounted for writing"), "{run:?}");
        assert!(!run.text().contains("root"), "{run:?}");
    }
    let spawned = run(&["spawn-self", "--json", "--service=new", "--endpoint=s"]);
    assert_eq!(spawned.code, Some(2), "{spawned:?}");
    let hint = spawned.json()["hints"][0].as_str().unwrap().to_owned();
    assert!(hint.contains("--record"), "{hint}");
    assert!(!Path::new("s").exists());
}

#[test]
fn a_daemon_is_stopped_although_its_record_cannot_be_removed() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let script = Script::start(&world, "echo up; read line");
    std::fs::create_dir(world.path("registry")).unwrap();
    let record = world.path("registry/script.json");
    std::fs::copy(&script.record, &record).unwrap();
    let mut command = with_read_only_registry(&world);
    command.args(["shutdown", "--json", "--remove-record", "--timeout=30s"]);
    let run = Run::of(command.args(["--probe-timeout=30s"]).arg(&record));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["action"]["outcome"], "terminated");
    assert!(run.stderr.contains("was not removed"), "{run:?}");
    assert!(record.exists());
}
