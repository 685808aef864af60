//! Process records in the registry: found, listed and pruned like the records of daemons.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Child;

use rpctl::process::ProcessRecord;
use serde_json::Value;

use super::fixture::{daemon, verdicts};
use crate::observed::sleeper;
use crate::support::{KillOnDrop, Run, World};

/// Writes the record of a child to its place in the registry.
fn record(world: &World, child: &Child, service: &str, version: Option<&str>) -> PathBuf {
    let record = ProcessRecord::from_child(child).unwrap();
    let record = record.with_service(service, version).unwrap();
    let path = world.path("run/rpctl/records").join(record.file_name());
    record.save(&path).unwrap();
    path
}

fn recorded(world: &World, service: &str) -> (KillOnDrop, PathBuf) {
    let child = sleeper();
    let path = record(world, &child.0, service, None);
    (child, path)
}

fn reason(run: &Run) -> Value {
    run.json()["reason"].clone()
}

#[test]
fn a_process_record_is_listed_beside_manifests() {
    let world = World::new();
    let _daemon = daemon(&world, "cache");
    let (mut child, _) = recorded(&world, "web");
    let document = world.rpctl(["list", "--json"]).json();
    let verified = |name: &str| (name.to_owned(), "verified".to_owned());
    let listed = verdicts(&document);
    assert_eq!(listed[1..], [verified("web.json")], "{document:#}");
    assert_eq!(listed[0].1, "verified");
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    let document = world.rpctl(["probe", "--all", "--json"]).json();
    assert_eq!(verdicts(&document)[1].1, "not_running");
}

#[test]
fn a_process_is_meant_by_its_name() {
    let world = World::new();
    let (_web, _) = recorded(&world, "web");
    let (mut db, _) = recorded(&world, "db");
    for args in [
        ["probe", "--json", "web"],
        ["probe", "--json", "--service=web"],
    ] {
        let run = world.rpctl(args);
        assert_eq!(reason(&run), "kernel_only", "{args:?}");
    }
    let run = world.rpctl(["inspect-manifest", "--json", "web"]);
    assert_eq!(run.json()["target"]["service_name"], "web");
    // A file of that name is meant first.
    std::fs::write(world.path("web"), "no record").unwrap();
    assert_eq!(world.rpctl(["probe", "web"]).code, Some(8));
    let run = world.rpctl(["shutdown", "--json", "db"]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(db.0.try_wait().unwrap().is_some());
    let run = world.rpctl(["probe", "--json", "nobody"]);
    assert_eq!(reason(&run), "no_record");
}

#[test]
fn versions_of_a_service_are_told_apart() {
    let world = World::new();
    let (old, new) = (sleeper(), sleeper());
    record(&world, &old.0, "web", Some("1.0.0"));
    record(&world, &new.0, "web", Some("2.0.0"));
    let run = world.rpctl(["probe", "--json", "web@2.0.0"]);
    assert_eq!(run.json()["target"]["pid"], new.0.id());
    let run = world.rpctl(["probe", "--json", "web"]);
    assert_eq!(run.code, Some(2), "{:#}", run.json());
    let candidates = run.json()["error"]["candidates"].as_array().unwrap().len();
    assert_eq!(candidates, 2);
}

#[test]
fn a_daemon_with_two_records_is_listed_once() {
    let world = World::new();
    let daemon = daemon(&world, "cache");
    let record = ProcessRecord::from_pid(daemon.pid()).unwrap();
    let record = record.with_service("cache", None).unwrap();
    let path = world.path("run/rpctl/records").join(record.file_name());
    record.save(&path).unwrap();
    for args in [["list", "--json"], ["probe", "--all"]] {
        let args = args.into_iter().chain(["-o", "json"]);
        let document = world.rpctl(args).json();
        let reports = document["reports"].as_array().map_or(1, Vec::len);
        assert_eq!(reports, 1, "{document:#}");
        let report = document["reports"].get(0).unwrap_or(&document);
        assert_eq!(report["target"]["format"], "manifest_protobuf");
    }
    // One process is meant by its name, although two records name it.
    let run = world.rpctl(["probe", "--json", "cache"]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    let run = world.rpctl(["probe", "--json"]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
}

#[test]
fn only_records_of_ended_processes_are_pruned() {
    let world = World::new();
    let (_alive, kept) = recorded(&world, "alive");
    let (mut ended, gone) = recorded(&world, "ended");
    ended.0.kill().unwrap();
    ended.0.wait().unwrap();
    let garbage = world.path("run/rpctl/records/garbage.json");
    std::fs::write(&garbage, "{}").unwrap();
    let dry = world.rpctl(["prune", "--json", "--dry-run"]).json();
    assert_eq!(dry["pruned"].as_array().unwrap().len(), 1, "{dry:#}");
    assert!(gone.exists());
    let run = world.rpctl(["prune", "--json"]);
    assert_eq!(run.code, Some(0), "{:#}", run.json());
    assert!(kept.exists() && garbage.exists() && !gone.exists());
}

#[test]
fn a_record_that_appears_ends_the_wait() {
    let world = World::new();
    std::fs::create_dir_all(world.path("run/rpctl/records")).unwrap();
    let child = sleeper();
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["probe", "--wait", "60s", "-o", "json", "web"]);
    let waiting = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    record(&world, &child.0, "web", None);
    let output = waiting.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["reason"], "kernel_only");
}

#[test]
fn every_format_has_a_place_for_a_process_record() {
    let world = World::new();
    let (_child, path) = recorded(&world, "web");
    for (format, expected) in [
        ("table", "✓ verified: web"),
        ("ndjson", "\"reason\":\"kernel_only\""),
        ("junit", "failures=\"0\" errors=\"0\""),
        ("nagios", "web OK - verified: web"),
        ("prometheus", "service=\"web\",verdict=\"verified\"} 1"),
        ("github", ""),
    ] {
        let args = ["probe", "--output", format].map(OsStr::new);
        let run = world.rpctl(args.into_iter().chain([path.as_os_str()]));
        assert_eq!(run.code, Some(0), "{format}");
        assert!(run.text().contains(expected), "{format}: {run:?}");
        assert!(!run.text().contains("::warning"), "{run:?}");
    }
}

#[test]
fn a_process_record_is_shown_and_not_converted() {
    let world = World::new();
    let (_child, path) = recorded(&world, "web");
    let path = path.to_str().unwrap();
    let run = world.rpctl(["inspect-manifest", "--json", path]);
    assert_eq!(run.json()["summary"], "valid: web, process record (JSON)");
    let run = world.rpctl(["inspect-manifest", "--convert", "json", path]);
    assert_eq!(
        run.text().trim(),
        std::fs::read_to_string(path).unwrap().trim()
    );
    for form in ["sidecar", "protobuf"] {
        let run = world.rpctl(["inspect-manifest", "--convert", form, path]);
        assert_eq!(run.code, Some(2), "{form}");
        assert!(run.stderr.contains("the record is a process record"));
    }
}

#[test]
fn the_names_of_processes_are_completed() {
    let world = World::new();
    let (_web, _) = recorded(&world, "web");
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(["--", "rpctl", "probe", "--service", "w"]);
    command
        .env("RPCTL_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "3");
    let run = Run::of(&mut command);
    assert_eq!(run.text(), "web");
}

/// A file that cannot be read has no name but its own.
#[test]
fn a_damaged_record_of_a_service_is_said_to_be_damaged() {
    for (file, arguments) in [
        ("run/rpctl/records/web.json", &["web"][..]),
        ("run/rpctl/records/web.json", &["--service", "web"]),
        ("run/rpctl/records/web@1.2.3.json", &["web"]),
        ("run/rpctl/records/web@1.2.3.json", &["web@1.2.3"]),
        ("registry/web-1.2.3.pb", &["web"]),
        ("registry/web-1.2.3.pb", &["--service", "web@1.2.3"]),
    ] {
        let world = World::new();
        let path = world.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "{\"media_type\": 1,\n}").unwrap();
        for command in ["probe", "inspect-manifest", "shutdown", "kill"] {
            let run = world.rpctl([&[command, "--json"], arguments].concat());
            assert_eq!(run.code, Some(8), "{command} {arguments:?}: {run:?}");
            let said = run.json().to_string();
            assert!(said.contains("line 2, column 1"), "{command}: {said}");
            assert!(!said.contains("there is no file"), "{said}");
        }
        let probed = world
            .rpctl([&["probe", "--json"], arguments].concat())
            .json();
        assert_eq!(probed["target"]["record"], path.to_str().unwrap());
        for other in ["we", "webs", "web@3.2.1", "eb"] {
            let run = world.rpctl(["probe", "--json", other]);
            let document = run.assert_verdict(8, "no_record", Some("no_record"));
            assert!(
                document.to_string().contains("there is neither a file"),
                "{document:#}"
            );
        }
    }
}
