//! Rights that are missing in fact: the report names them, and no hint is one that the
//! caller has followed already.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;

use nix::libc;
use serde_json::Value;

use crate::support::{Daemon, Run, Script, World, check, errno_for, is_installed, is_root};

/// The overflow user, who owns nothing.
const NOBODY: &str = "65534";

pub(super) fn can_drop_rights() -> bool {
    is_root() && is_installed("setpriv")
}

/// A world whose files every user can reach, and the program in it.
pub(super) fn open_world() -> (World, std::path::PathBuf) {
    let world = World::new();
    let program = world.open_to_all();
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o1777)).unwrap();
    (world, program)
}

/// A command that runs what is added to it with these options of setpriv(1).
pub(super) fn setpriv(world: &World, options: &[&str]) -> Command {
    let mut command = world.command("setpriv");
    command.args(options);
    command
}

pub(super) const AS_NOBODY: [&str; 5] = ["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"];

/// Runs a probe by a command that executes its arguments.
pub(super) fn probe_by(
    mut command: Command,
    program: &std::path::Path,
    record: &std::path::Path,
) -> Run {
    command.arg(program);
    Run::of(
        command
            .args(["probe", "--json", "--timeout", "30s"])
            .arg(record),
    )
}

/// Asserts that the report names what is missing, and that its hints contain this and not
/// that.
#[track_caller]
fn assert_missing(run: &Run, missing: &str, hint: &str, no_hint: &str) -> Value {
    let document = run.assert_verdict(4, "indeterminate", Some("permission_denied"));
    let summary = document["summary"].as_str().unwrap();
    assert!(summary.contains(missing), "{summary}");
    let hints = document["hints"].to_string();
    assert!(hints.contains(hint), "{hints}");
    assert!(!hints.contains(no_hint), "{hints}");
    document
}

#[test]
fn root_without_cap_sys_ptrace_is_told_of_that() {
    if !can_drop_rights() {
        return;
    }
    let without = ["--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"];
    let (world, program) = open_world();
    let mut theirs = setpriv(&world, &AS_NOBODY);
    theirs.arg(&program);
    let daemon = Daemon::start_command(&world, theirs);
    let run = probe_by(setpriv(&world, &without), &program, daemon.record());
    let missing = "CAP_SYS_PTRACE is missing";
    let document = assert_missing(&run, missing, "SYS_PTRACE", "sudo");
    assert_eq!(check(&document, "pid")["outcome"], "pass");
    assert_eq!(check(&document, "exe_path")["outcome"], "unknown");

    // Its own daemons have that capability, so that it may not look at those.
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = probe_by(setpriv(&world, &without), &program, daemon.record());
    assert_missing(&run, missing, "SYS_PTRACE", "sudo");
}

#[test]
fn a_daemon_with_capabilities_is_closed_to_its_own_user() {
    if !can_drop_rights() {
        return;
    }
    let (world, program) = open_world();
    let mut privileged = setpriv(&world, &AS_NOBODY);
    privileged
        .args([
            "--inh-caps",
            "+net_bind_service",
            "--ambient-caps",
            "+net_bind_service",
        ])
        .arg(&program);
    let daemon = Daemon::start_command(&world, privileged);
    let run = probe_by(setpriv(&world, &AS_NOBODY), &program, daemon.record());
    let document = assert_missing(
        &run,
        "its own user needs",
        "run it as root: sudo rpctl",
        "daemon's user",
    );
    assert_eq!(check(&document, "nonce")["outcome"], "pass");
    // Nor is the owner told to run it as the owner.
    let mut command = setpriv(&world, &AS_NOBODY);
    command
        .arg(&program)
        .args(["kill", "--json"])
        .arg(daemon.record());
    let run = Run::of(&mut command);
    let document = run.json();
    assert_eq!(document["action"]["outcome"], "refused", "{document:#}");
    let hints = document["hints"].to_string();
    assert!(
        hints.contains("as root") && !hints.contains("owner"),
        "{hints}"
    );
}

/// A program that keeps its memory to itself, as agents of keys do, and does nothing.
const NOT_DUMPABLE: &str = r#"
import ctypes, os, signal
assert ctypes.CDLL(None).prctl(4, 0, 0, 0, 0) == 0
os.write(1, b"ready\n")
signal.pause()
"#;

#[test]
fn a_daemon_that_is_not_dumpable_is_closed_to_its_own_user() {
    if !can_drop_rights() || !is_installed("python3") {
        return;
    }
    let (world, program) = open_world();
    let mut command = setpriv(&world, &AS_NOBODY);
    // A Python that every user can run.
    command
        .args(["/usr/bin/python3", "-c", NOT_DUMPABLE])
        .stdin(Stdio::null());
    let daemon = Script::start_command(&world, command, &world.endpoint("s"));
    std::fs::set_permissions(&daemon.record, Permissions::from_mode(0o644)).unwrap();
    let run = probe_by(setpriv(&world, &AS_NOBODY), &program, &daemon.record);
    assert_missing(
        &run,
        "its own user needs",
        "run it as root: sudo rpctl",
        "daemon's user",
    );
    world
        .probe(&daemon.record)
        .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
}

#[test]
fn root_of_a_user_namespace_is_not_told_to_be_root() {
    if !can_drop_rights() || !is_installed("unshare") {
        return;
    }
    let (world, program) = open_world();
    let daemon = Daemon::start_program(&world, &program);
    std::fs::set_permissions(daemon.record(), Permissions::from_mode(0o644)).unwrap();
    let mut command = setpriv(&world, &AS_NOBODY);
    command.args(["unshare", "--user", "--map-root-user"]);
    let run = probe_by(command, &program, daemon.record());
    assert_missing(&run, "user namespace", "user namespace", "sudo");
}

/// Runs a probe in which pidfd_open(2) fails with an error, as in a sandbox.
pub(super) fn probe_without_pidfds(world: &World, record: &std::path::Path, error: i32) -> Run {
    let child = thread::scope(|scope| {
        let started = scope.spawn(|| {
            errno_for(libc::SYS_pidfd_open, error);
            let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
            command
                .args(["probe", "--json", "--timeout", "30s"])
                .arg(record)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        });
        started.join().unwrap()
    });
    Run::end_of(child)
}

#[test]
fn a_sandbox_without_pidfds_is_no_dead_daemon() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    for error in [libc::EPERM, libc::ENOSYS, libc::EACCES] {
        let run = probe_without_pidfds(&world, daemon.record(), error);
        let hint = "seccomp profile";
        let document = assert_missing(&run, "seccomp forbids pidfd_open", hint, "sudo");
        assert_eq!(check(&document, "pid")["outcome"], "unknown");
    }
}

#[test]
fn a_proc_that_hides_processes_is_named() {
    if !can_drop_rights() || !is_installed("unshare") {
        return;
    }
    let (world, program) = open_world();
    let daemon = Daemon::start_program(&world, &program);
    for path in [daemon.record(), daemon.socket().as_ref()] {
        std::fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
    }
    let script = r#"mount -t proc -o "hidepid=$1" proc /proc && shift && exec "$@""#;
    for hidepid in ["noaccess", "invisible", "ptraceable"] {
        let mut command = world.command("unshare");
        command
            .args(["--mount", "sh", "-c", script, "sh", hidepid, "setpriv"])
            .args(AS_NOBODY);
        let run = probe_by(command, &program, daemon.record());
        let missing = match hidepid {
            "noaccess" => "CAP_SYS_PTRACE",
            _ => "hidepid",
        };
        assert_missing(&run, missing, "as root: sudo", "container");
    }
}
