//! The executable is replaced, moved or deleted while the daemon runs.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Daemon, World, check, copy_program};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// A copy of the program, and a daemon that runs it.
fn running_copy(world: &World, name: &str) -> (PathBuf, Daemon) {
    let copy = world.path(name);
    copy_program(&copy);
    let daemon = Daemon::start_program(world, &copy);
    (copy, daemon)
}

fn detail(document: &Value) -> &str {
    check(document, "exe_path")["detail"].as_str().unwrap()
}

#[track_caller]
fn assert_outdated(world: &World, daemon: &Daemon, why: &str) {
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", Some("outdated"));
    assert_eq!(check(&document, "exe_path")["outcome"], "warn");
    assert!(detail(&document).starts_with(why), "{document:#}");
}

/// As package managers do it: write beside, then rename over.
fn replace(path: &Path, content: impl AsRef<[u8]>) {
    let beside = path.with_extension("new");
    std::fs::write(&beside, content).unwrap();
    std::fs::rename(beside, path).unwrap();
}

#[test]
fn an_executable_replaced_by_another_build_is_outdated() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl");
    replace(&copy, "#!/bin/sh\n");
    assert_outdated(&world, &daemon, "replaced since start");
}

#[test]
fn an_executable_replaced_by_an_identical_file_is_outdated() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl");
    replace(&copy, std::fs::read(PROGRAM).unwrap());
    assert_outdated(&world, &daemon, "replaced since start");
}

#[test]
fn a_deleted_executable_is_outdated() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl");
    std::fs::remove_file(copy).unwrap();
    assert_outdated(&world, &daemon, "deleted since start");
}

#[test]
fn a_moved_executable_is_outdated_and_its_new_name_is_told() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl");
    let old = world.path("rpctl.old");
    std::fs::rename(&copy, &old).unwrap();
    assert_outdated(
        &world,
        &daemon,
        &format!("moved since start: now {}", old.display()),
    );
    std::fs::write(&copy, "another build").unwrap();
    assert_outdated(
        &world,
        &daemon,
        &format!("moved since start: now {}", old.display()),
    );
}

#[test]
fn a_copy_in_the_place_of_a_moved_executable_is_a_warning() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl");
    std::fs::rename(&copy, world.path("rpctl.old")).unwrap();
    copy_program(&copy);
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", Some("warnings"));
    assert!(detail(&document).contains("a separate copy"));
}

#[test]
fn a_file_named_deleted_is_not_mistaken_for_a_deleted_one() {
    let world = World::new();
    let (_copy, daemon) = running_copy(&world, "rpctl (deleted)");
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}

#[test]
fn a_deleted_file_that_was_named_deleted_is_outdated() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl (deleted)");
    std::fs::remove_file(copy).unwrap();
    assert_outdated(&world, &daemon, "deleted since start");
}

#[test]
fn an_executable_deleted_behind_a_symlink_is_outdated() {
    let world = World::new();
    std::fs::create_dir(world.path("v1")).unwrap();
    symlink(world.path("v1"), world.path("current")).unwrap();
    let (copy, daemon) = running_copy(&world, "current/rpctl");
    replace(&copy, "#!/bin/sh\n");
    assert_outdated(&world, &daemon, "replaced since start");
}

#[test]
fn strict_accepts_no_outdated_daemon() {
    let world = World::new();
    let (copy, daemon) = running_copy(&world, "rpctl");
    std::fs::remove_file(copy).unwrap();
    let record = daemon.record().to_str().unwrap();
    world
        .rpctl(["probe", "--json", "--strict", record])
        .assert_verdict(4, "indeterminate", Some("strict"));
}
