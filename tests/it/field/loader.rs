//! The program started through the dynamic loader, or from a file that is deleted by then.

use std::fs::{File, Permissions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use rpctl::record;

use crate::support::{
    Daemon, Run, World, copy_program, is_installed, is_root, skipped, this_process,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// The loader of this program; says so if there is none.
fn loader() -> Option<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let paths = maps
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5));
    let is_loader = |path: &&str| {
        path.rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with("ld-"))
    };
    let loader = paths.into_iter().find(is_loader).map(PathBuf::from);
    if loader.is_none() {
        skipped("this program has no dynamic loader");
    }
    loader
}

fn through(world: &World, loader: &Path) -> Command {
    let mut command = world.command(loader);
    command.arg(PROGRAM);
    command
}

/// Starts a daemon in the background by a command, and asserts that its record is that of
/// the program itself.
#[track_caller]
fn assert_spawns(world: &World, mut command: Command, program: &str, reason: Option<&str>) {
    let (record, socket) = (world.path("d.pb"), world.path("d.sock"));
    command
        .args(["spawn-self", "--json", "--record"])
        .arg(&record);
    let spawned = Run::of(command.arg("--endpoint").arg(socket));
    assert_eq!(spawned.code, Some(0), "{spawned:?}");
    let identity = record::load(&record).unwrap().daemon().unwrap();
    let image = std::fs::read_link(format!("/proc/{}/exe", identity.pid)).unwrap();
    assert_eq!(image.to_str().unwrap(), program);
    assert_eq!(identity.exe_path, image);
    world.probe(&record).assert_verdict(0, "verified", reason);
    let stopped = world.rpctl(["shutdown", "--json", record.to_str().unwrap()]);
    assert_eq!(stopped.json()["action"]["outcome"], "terminated");
}

#[test]
fn a_daemon_spawned_through_the_loader_runs_the_program() {
    let Some(loader) = loader() else {
        return;
    };
    let world = World::new();
    assert_spawns(&world, through(&world, &loader), PROGRAM, None);
    let mut once = through(&world, &loader);
    let run = Run::of(once.args(["spawn-self", "--once", "--json"]));
    run.assert_verdict(0, "verified", None);
}

#[test]
fn a_loader_is_never_recorded_as_the_daemon() {
    let Some(loader) = loader() else {
        return;
    };
    let world = World::new();
    let record = world.path("d.pb");
    let mut command = through(&world, &loader);
    command.args(["spawn-self", "--foreground", "--json", "--record"]);
    let run = Run::of(command.arg(&record).arg("--endpoint").arg(world.path("s")));
    assert_ne!(run.code, Some(0), "{run:?}");
    let document = run.json();
    let error = document["error"].to_string();
    for name in [loader.file_name().unwrap().to_str().unwrap(), PROGRAM] {
        assert!(error.contains(name), "{document:#}");
    }
    let hints = document["hints"].to_string();
    assert!(hints.contains("without the loader"), "{hints}");
    assert!(!record.exists());
}

#[test]
fn the_program_judges_and_protects_through_the_loader_too() {
    let Some(loader) = loader() else {
        return;
    };
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = |arguments: &[&str], record: &Path| {
        let mut command = through(&world, &loader);
        Run::of(command.args(arguments).arg(record))
    };
    run(&["probe", "--json", "--timeout", "30s"], daemon.record())
        .assert_verdict(0, "verified", None);
    // The test has started it, and may not be killed by it.
    let parent = world.sidecar("parent.json", &this_process(&world.endpoint("s")));
    let refused = run(&["kill", "--json"], &parent);
    assert_eq!(refused.json()["action"]["outcome"], "refused");
    assert!(refused.text().contains("ancestor"), "{refused:?}");
    let killed = run(
        &["kill", "--json", "--probe-timeout", "30s"],
        daemon.record(),
    );
    assert_eq!(killed.json()["action"]["outcome"], "killed", "{killed:?}");
}

#[test]
fn a_deleted_program_spawns_itself() {
    let world = World::new();
    let copy = world.path("copy");
    copy_program(&copy);
    let file = File::open(&copy).unwrap();
    std::fs::remove_file(&copy).unwrap();
    let held = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
    let deleted = format!("{} (deleted)", copy.display());
    assert_spawns(&world, world.command(&held), &deleted, Some("warnings"));
    // And a file in its place is not taken for it.
    std::fs::write(&copy, "#!/bin/false\n").unwrap();
    assert_spawns(&world, world.command(&held), &deleted, Some("warnings"));
    let mut once = world.command(held);
    let run = Run::of(once.args(["spawn-self", "--once", "--json"]));
    run.assert_verdict(0, "verified", Some("warnings"));
}

/// Started from memory, as installers do that unpack themselves.
#[test]
fn a_program_without_a_file_spawns_itself() {
    let world = World::new();
    let memory = rustix::fs::memfd_create("rpctl", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    let mut memory = File::from(memory);
    std::io::copy(&mut File::open(PROGRAM).unwrap(), &mut memory).unwrap();
    // As no program can be executed that is open for writing.
    let path = format!("/proc/{}/fd/{}", std::process::id(), memory.as_raw_fd());
    let held = File::open(&path).unwrap();
    drop(memory);
    let path = format!("/proc/{}/fd/{}", std::process::id(), held.as_raw_fd());
    let image = "/memfd:rpctl (deleted)";
    assert_spawns(&world, world.command(&path), image, Some("warnings"));
}

/// A command in which the loader loads a copy of the program that was deleted.
fn through_to_deleted(world: &World, loader: &Path, before: &[&str]) -> (Command, String) {
    let copy = world.path("copy");
    copy_program(&copy);
    let deleted = format!("{} (deleted)", copy.display());
    // Another user can make a file of that name.
    std::fs::write(&deleted, "#!/bin/false\n").unwrap();
    std::fs::set_permissions(&deleted, Permissions::from_mode(0o755)).unwrap();
    let mut command = world.command("sh");
    command
        .args(["-ec", r#"exec 9< "$1"; rm "$1"; shift; exec "$@""#, "sh"])
        .arg(copy)
        .args(before)
        .arg(loader)
        .arg("/proc/self/fd/9");
    (command, deleted)
}

#[test]
fn a_deleted_program_is_found_through_the_loader() {
    let (Some(loader), true) = (loader(), is_root()) else {
        return;
    };
    let world = World::new();
    let (command, deleted) = through_to_deleted(&world, &loader, &[]);
    assert_spawns(&world, command, &deleted, Some("warnings"));
}

/// Only root can open what is mapped.
#[test]
fn no_other_file_is_started_for_one_deleted_below_the_loader() {
    let (Some(loader), true) = (loader(), is_installed("setpriv")) else {
        return;
    };
    let world = World::new();
    let without_rights = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
    let (mut command, _) = through_to_deleted(&world, &loader, &without_rights);
    command.args([
        "spawn-self",
        "--json",
        "--record",
        "x.pb",
        "--endpoint",
        "x",
    ]);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(1), "{run:?}");
    let message = run.json()["error"]["message"].to_string();
    let says = "only root can start what the loader has mapped of";
    assert!(message.contains(says), "{message}");
    let hint = run.json()["hints"][0].to_string();
    assert!(hint.contains("without the dynamic loader"), "{hint}");
}
