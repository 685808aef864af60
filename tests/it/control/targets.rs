//! Which record a command is about, where none is named.

use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Run, World};

/// `spawn-self` in the registry, as a user types it; stopped with this value.
struct Spawned<'a> {
    world: &'a World,
    record: PathBuf,
    document: Value,
}

impl<'a> Spawned<'a> {
    fn service(world: &'a World, service: &str) -> Self {
        let run = world.rpctl(["spawn-self", "--json", "--service", service]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let document = run.json();
        let record = document["daemon"]["record"].as_str().unwrap().into();
        Self {
            world,
            record,
            document,
        }
    }
}

impl Drop for Spawned<'_> {
    fn drop(&mut self) {
        self.world
            .rpctl(["kill", "-q", self.record.to_str().unwrap()]);
    }
}

fn candidates(run: &Run) -> Vec<String> {
    let candidates = run.json()["error"]["candidates"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    candidates
        .as_array()
        .map_or(Vec::new(), |list| list.iter().map(text).collect())
}

#[test]
fn with_one_live_record_every_command_works_bare() {
    let world = World::new();
    let _spawned = Spawned::service(&world, "rpctl-self");
    world
        .rpctl(["probe", "--json"])
        .assert_verdict(0, "verified", None);
    let run = world.rpctl(["inspect-manifest", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = world.rpctl(["shutdown", "--timeout", "5s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.text().contains("terminated: rpctl-self"), "{run:?}");
}

#[test]
fn an_empty_registry_is_a_usage_error_that_says_where_it_is() {
    let world = World::new();
    for command in ["probe", "shutdown", "kill", "inspect-manifest"] {
        let run = world.rpctl([command]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("registry holds none"), "{run:?}");
        assert!(run.stderr.contains("next: "), "{run:?}");
    }
}

#[test]
fn several_live_records_are_listed_and_one_is_chosen_by_service() {
    let world = World::new();
    let _first = Spawned::service(&world, "first");
    let second = Spawned::service(&world, "second");
    let run = world.rpctl(["shutdown", "--json"]);
    assert_eq!(run.code, Some(2));
    let listed = candidates(&run);
    assert!(
        listed.len() == 2 && listed[0].starts_with("first@") && listed[1].starts_with("second@"),
        "{listed:?}"
    );
    let version = env!("CARGO_PKG_VERSION");
    let wanted = format!("second@{version}");
    for service in ["second", &wanted] {
        let run = world.rpctl(["probe", "--json", "--service", service]);
        let document = run.assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["service_name"], "second");
    }
    let run = world.rpctl(["shutdown", "--json", "--service", "second"]);
    assert_eq!(run.code, Some(0));
    assert!(!second.record.exists());
}

#[test]
fn an_unknown_service_is_no_record_and_has_suggestions() {
    let world = World::new();
    let _first = Spawned::service(&world, "first");
    for named in [&["frist"][..], &["--service", "frist"]] {
        for command in [&["probe"][..], &["shutdown"], &["kill"], &["signal", "HUP"]] {
            let run = world.rpctl([command, &["--json"], named].concat());
            let document = run.assert_verdict(8, "no_record", Some("no_record"));
            assert_eq!(document["target"]["service_name"], "frist");
            assert_eq!(candidates(&run), ["first"], "{command:?}");
        }
        let run = world.rpctl([&["inspect-manifest", "--json"], named].concat());
        assert_eq!(run.code, Some(8), "{run:?}");
    }
    let run = world.rpctl(["probe", "frist"]);
    let lines: Vec<&str> = run.text().lines().collect();
    assert!(
        lines[0].starts_with("✗ no record: there is neither"),
        "{run:?}"
    );
    assert!(run.text().contains("did you mean first?"), "{run:?}");
    assert!(!run.text().contains("CHECK"), "{run:?}");
    let run = world.rpctl(["probe", "--service", "../x"]);
    assert_eq!(run.code, Some(2));
}

#[test]
fn the_environment_names_a_record_and_an_argument_overrides_it() {
    let world = World::new();
    let spawned = Spawned::service(&world, "first");
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.env("RPCTL_RECORD", world.path("none.pb"));
    let missing = Run::of(command.args(["probe", "--json"]));
    missing.assert_verdict(8, "no_record", Some("no_record"));
    Run::of(command.arg(&spawned.record)).assert_verdict(0, "verified", None);
}

#[test]
fn the_hints_about_a_missing_file_are_commands_about_that_file() {
    let world = World::new();
    let run = world.rpctl(["probe", "--json", "--", "-none.pb"]);
    let document = run.assert_verdict(8, "no_record", Some("no_record"));
    let hints = document["hints"].to_string();
    assert!(hints.contains("rpctl list"), "{hints}");
    assert!(
        hints.contains("rpctl probe --wait 30s ./-none.pb"),
        "{hints}"
    );
    // Who stops a daemon does not wait for one to start.
    for (command, accepts) in [(&["shutdown"][..], true), (&["signal", "HUP"], false)] {
        let run = world.rpctl([command, &["--json", "none"]].concat());
        let document = run.assert_verdict(8, "no_record", Some("no_record"));
        let hints = document["hints"].to_string();
        assert!(!hints.contains("--wait"), "{hints}");
        assert_eq!(hints.contains("--missing-ok"), accepts, "{hints}");
    }
}

#[test]
fn the_hints_name_a_record_as_it_was_typed() {
    let world = World::new();
    let spawned = Spawned::service(&world, "first");
    let socket = spawned.document["daemon"]["endpoint"]["path"].clone();
    std::fs::remove_file(socket.as_str().unwrap()).unwrap();
    let path = spawned.record.to_str().unwrap();
    let exact = format!("first@{}", env!("CARGO_PKG_VERSION"));
    for (named, repeated) in [
        (&["first"][..], "first"),
        (&[&*exact], &*exact),
        (&["--service", "first"], "--service first"),
        (&[path], path),
        // The name is that of the first record, and no other.
        (&["other", path], path),
    ] {
        let run = world.rpctl([&["probe"], named, &["--output", "ndjson"]].concat());
        let documents = run.text().lines().map(serde_json::from_str);
        let documents: Vec<Value> = documents.collect::<Result<_, _>>().unwrap();
        let hints = documents.last().unwrap()["hints"].to_string();
        let stop = format!("rpctl shutdown {repeated} stops it");
        assert!(hints.contains(&stop), "{named:?}: {hints}");
    }
}

#[test]
fn a_number_in_place_of_a_record_is_advised_to_be_recorded() {
    let world = World::new();
    for command in [&["probe"][..], &["shutdown"], &["kill"], &["signal", "HUP"]] {
        let run = world.rpctl([command, &["--json", "4194303"]].concat());
        let document = run.assert_verdict(8, "no_record", Some("no_record"));
        let hints = document["hints"].to_string();
        assert!(hints.contains("rpctl record --pid 4194303"), "{hints}");
    }
}

#[test]
fn a_missing_record_is_accepted_where_that_is_asked_for() {
    let world = World::new();
    for name in ["absent", "none.pb"] {
        for command in ["shutdown", "kill"] {
            let run = world.rpctl([command, "--missing-ok", "--json", name]);
            let document = run.assert_verdict(0, "no_record", Some("no_record"));
            assert_eq!(document["action"]["outcome"], "already_gone");
        }
        let run = world.rpctl(["status", "--missing-ok", "--json", name]);
        run.assert_verdict(3, "not_running", Some("no_record"));
        let run = world.rpctl(["probe", "--missing-ok", "--output", "nagios", name]);
        assert_eq!(run.code, Some(2), "{run:?}");
    }
    // Another fault of a record is none that was accepted.
    std::fs::write(world.path("bad.pb"), "no record").unwrap();
    for command in ["shutdown", "kill", "probe", "prune"] {
        let run = world.rpctl([command, "--missing-ok", "bad.pb"]);
        assert_eq!(run.code, Some(8), "{run:?}");
    }
}

#[test]
fn a_typo_and_a_wrong_type_take_three_lines_without_a_table() {
    let world = World::new();
    std::fs::write(world.path("cache.pb"), "no record").unwrap();
    let path = |name: &str| world.path(name).display().to_string();
    for (name, what, to_what) in [
        (
            "cach.pb",
            "no record: there is no file",
            "did you mean cache.pb?",
        ),
        ("cache.pb", "invalid record: ", &path("cache.pb")),
        (".", "invalid record: ", "a directory"),
    ] {
        for command in ["probe", "shutdown"] {
            let run = world.rpctl([command, "--wide", name]);
            assert_eq!(run.code, Some(8), "{run:?}");
            let text = run.text();
            assert!(text.contains(what) && text.contains(to_what), "{text}");
            assert!(!text.contains("OUTCOME"), "{text}");
            assert!((3..=4).contains(&text.lines().count()), "{text}");
            assert!(text.lines().nth(2).unwrap().starts_with("next: "), "{text}");
        }
    }
    let run = world.rpctl(["inspect-manifest", "cach.pb"]);
    assert!(run.stderr.contains("did you mean: cache.pb"), "{run:?}");
}
