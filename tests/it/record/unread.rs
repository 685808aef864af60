//! Records that the system does not let the program read: nothing is known of them.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;

use nix::libc;
use rpctl::record::{CacheRoot, RootKind};

use crate::support::{
    NOBODY, Run, World, check, errno_for, golden_file, is_installed, is_root, this_process,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

/// Runs both commands that read a record, and asserts that they cannot tell, for this
/// reason, and with a hint that contains this text.
#[track_caller]
fn assert_unread(record: &Path, why: &str, hint: &str, command: impl Fn(&str) -> Command) {
    let run = |name: &str| Run::of(command(name).arg("--json").arg(record));
    let probe = run("probe");
    let document = probe.assert_verdict(4, "indeterminate", Some("record_unreadable"));
    assert_eq!(check(&document, "record")["outcome"], "unknown");
    let inspection = run("inspect-manifest");
    assert_eq!(inspection.code, Some(4), "{inspection:?}");
    for document in [document, inspection.json()] {
        assert_eq!(document["error"]["kind"], "io", "{document:#}");
        let said = document["error"]["message"].as_str().unwrap();
        assert_eq!(said, format!("cannot read {}: {why}", record.display()));
        let hinted = document["hints"][0].as_str().unwrap();
        assert!(hinted.contains(hint), "{hinted}");
    }
}

#[test]
fn a_record_that_may_not_be_read_is_not_a_bad_one() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let record = world.path("private/record.json");
    std::fs::create_dir(world.path("private")).unwrap();
    std::fs::copy(golden_file("sidecar-fixed.json"), &record).unwrap();
    for (directory, file) in [(0o755, 0o600), (0o700, 0o644)] {
        std::fs::set_permissions(world.path("private"), Permissions::from_mode(directory)).unwrap();
        std::fs::set_permissions(&record, Permissions::from_mode(file)).unwrap();
        let why = "Permission denied (os error 13)";
        assert_unread(&record, why, "the permissions of the file", |name| {
            let mut command = world.command(&program);
            command.arg(name).uid(NOBODY).gid(NOBODY);
            command
        });
    }
}

#[test]
fn without_a_descriptor_no_record_is_a_bad_one() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let record = world.sidecar("a.json", &this_process(&world.endpoint("s")));
    let why = "Too many open files (os error 24)";
    assert_unread(&record, why, "ulimit -n", |name| {
        let mut command = world.command("prlimit");
        // The dynamic loader needs one.
        command.args(["--nofile=4", PROGRAM, name]);
        command
    });
}

#[test]
fn a_system_that_fails_to_read_makes_no_record_invalid() {
    const FAULTS: [(i32, &str, &str); 4] = [
        (libc::ENFILE, "Too many open files in system", "ulimit -n"),
        (libc::ENOMEM, "Cannot allocate memory", "make memory free"),
        (libc::EIO, "Input/output error", "may be sound"),
        (libc::ESTALE, "Stale file handle", "may be sound"),
    ];
    let world = World::new();
    let record = world.sidecar("a.json", &this_process(&world.endpoint("s")));
    for (error, text, hint) in FAULTS {
        let why = format!("{text} (os error {error})");
        thread::scope(|scope| {
            let failing = scope.spawn(|| {
                // The directories on a path are opened with it, and nothing else.
                errno_for(libc::SYS_openat2, error);
                assert_unread(&record, &why, hint, |name| {
                    let mut command = world.command(PROGRAM);
                    command.arg(name);
                    command
                });
            });
            failing.join().unwrap();
        });
    }
}

#[test]
fn a_path_that_leads_nowhere_is_a_bad_one() {
    let world = World::new();
    std::os::unix::fs::symlink("loop", world.path("loop")).unwrap();
    for name in ["loop", &"n".repeat(300)] {
        let run = world.probe(&world.path(name));
        let document = run.assert_verdict(8, "invalid_record", Some("record_invalid"));
        let hint = document["hints"][0].as_str().unwrap();
        assert!(hint.contains("check the path"), "{hint}");
    }
}

#[test]
fn an_identity_that_may_not_be_read_is_not_a_bad_one() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let here = this_process(&world.endpoint("s"));
    let identity = world.sidecar("locks/daemon-identity.json", &here);
    let manifest = world.manifest("a.json", &here, |manifest| {
        manifest.current_daemon = None;
        manifest.roots = vec![CacheRoot {
            path: world.path("locks").to_str().unwrap().to_owned(),
            kind: RootKind::Locks.into(),
            ..CacheRoot::default()
        }];
    });
    std::fs::set_permissions(&identity, Permissions::from_mode(0o000)).unwrap();
    for path in [&manifest, &identity, &world.path("locks")] {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let mut command = world.command(&program);
    command.args(["probe", "--json"]).arg(&manifest);
    let run = Run::of(command.uid(NOBODY).gid(NOBODY));
    let document = run.assert_verdict(4, "indeterminate", Some("record_unreadable"));
    let identity = identity.to_str().unwrap();
    assert_eq!(document["target"]["identity_file"], identity);
    let said = document["summary"].as_str().unwrap();
    assert!(
        said.contains(identity) && said.contains("Permission denied"),
        "{said}"
    );
    let hint = format!("rpctl inspect-manifest {identity}");
    assert!(
        document["hints"][0].as_str().unwrap().contains(&hint),
        "{document:#}"
    );
}
