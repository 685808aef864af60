//! Processes whose executable, root or working directory is on a mount that hangs.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rpctl::DaemonProcess;

use super::mount::{HangingMount, through};
use super::server::Silence;
use crate::support::{
    Daemon, KillOnDrop, Role, World, check, copy_program, is_installed, is_root, role,
};

/// A mount with a copy of the program, in which a daemon runs it.
fn running() -> Option<(HangingMount, Daemon)> {
    let world = World::new();
    copy_program(&world.path("program"));
    let program = world.path("program");
    let mount = HangingMount::with(world, &[program])?;
    let record = mount.world.path("daemon.pb");
    let mut command = mount.command(mount.path("program"));
    command.args(["spawn-self", "--foreground", "--json"]);
    command.arg("--record").arg(&record);
    command.arg("--endpoint").arg(mount.world.path("socket"));
    let daemon = Daemon::start_as_is(command, &record);
    Some((mount, daemon))
}

#[test]
fn an_executable_on_a_mount_that_answers_is_hashed() {
    let Some((mount, daemon)) = running() else {
        return;
    };
    let record = daemon.record().to_str().unwrap();
    let run = mount.patient_rpctl(["probe", "--json", record]);
    run.assert_verdict(0, "verified", None);
    // Also from outside, to which the mount is hidden.
    let run = mount.world.probe(daemon.record());
    let document = run.json();
    assert_eq!(
        check(&document, "digest")["outcome"],
        "pass",
        "{document:#}"
    );
    mount.end_with(daemon);
}

#[test]
fn a_running_executable_on_a_hung_mount_is_unknown() {
    for silence in [Silence::Content, Silence::Unanswered] {
        let Some((mut mount, daemon)) = running() else {
            return;
        };
        mount.fall(silence);
        for run in [
            mount.probe(daemon.record()),
            mount.world.rpctl([
                "probe",
                "--json",
                "--timeout",
                "1s",
                daemon.record().to_str().unwrap(),
            ]),
        ] {
            let document = run.json();
            assert_eq!(run.code, Some(4), "{document:#}");
            assert_eq!(document["reason"], "file_system_hangs", "{document:#}");
            assert_eq!(check(&document, "pid")["outcome"], "pass");
            assert_eq!(check(&document, "digest")["outcome"], "unknown");
        }
        mount.end_with(daemon);
    }
}

#[test]
fn a_process_that_lives_on_a_hung_mount_is_looked_at_in_time() {
    let Some(mut mount) = HangingMount::with(World::new(), &[]) else {
        return;
    };
    let socket = mount.world.path("socket");
    let mount_point = mount.path("");
    let inner = role(Role::LiveIn, [socket, mount_point]);
    let mut command = mount.command_of(&inner);
    let (child, mut identity) = started(&mut command);
    mount.fall(Silence::Unanswered);
    identity.exe_path = PathBuf::from("/elsewhere/daemon");
    let record = mount.world.sidecar("a.json", &identity);
    let run = mount.probe(&record);
    assert!(matches!(run.code, Some(4..=6)), "{run:?}");
    mount.end_with(child);
}

/// A user reaches every program that looks at the user's processes.
#[test]
fn an_overlay_over_fuse_of_a_user_namespace_is_unknown() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let path = |name: &str| world.path(name);
    for directory in ["fuse", "other", "overlay"] {
        std::fs::create_dir(path(directory)).unwrap();
    }
    std::fs::write(path("program"), "text").unwrap();
    let places = ["socket", "fuse", "other", "overlay", "program"].map(path);
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-root-user",
        "--mount",
        "--propagation",
        "private",
    ]);
    through(&mut command, &role(Role::LiveOverFuse, places));
    let (child, mut identity) = started(&mut command);
    identity.exe_path = PathBuf::from("/program");
    identity.ipc_endpoint.path = "/program".to_owned();
    let record = world.sidecar("a.json", &identity);
    let run = world.rpctl([
        "probe",
        "--json",
        "--timeout",
        "1s",
        record.to_str().unwrap(),
    ]);
    let document = run.assert_verdict(4, "indeterminate", Some("file_system_hangs"));
    assert_eq!(check(&document, "digest")["outcome"], "pass");
    drop(child);
}

/// Starts a role that introduces itself, and waits until it is where it lives.
fn started(command: &mut Command) -> (KillOnDrop, DaemonProcess) {
    let mut child = KillOnDrop(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let mut line = || lines.next().unwrap().unwrap();
    let identity = loop {
        let line = line();
        if line.starts_with('{') {
            break serde_json::from_str(&line).unwrap();
        }
    };
    while line() != "in" {}
    (child, identity)
}
