//! The order of evidence: the user of the process, and times that cannot be right.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;

use rpctl::DaemonProcess;

use crate::support::{
    Daemon, NOBODY, Run, TestServer, World, before_boot_ms, before_start_ms, check, is_root,
    this_process,
};

/// Start a daemon of another user, in a directory that all may write to.
fn daemon_of_nobody(world: &World) -> Daemon {
    let program = world.open_to_all();
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o1777)).unwrap();
    let mut command = world.command(&program);
    command.arg0("rpctl").uid(NOBODY).gid(NOBODY);
    Daemon::start_command(world, command)
}

#[test]
fn a_record_of_root_may_name_a_process_without_privileges() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = daemon_of_nobody(&world);
    let record = world.sidecar("root.json", &daemon.identity);
    let document = world.probe(&record).json();
    let user = check(&document, "user");
    assert_eq!(document["verdict"], "verified", "{document:#}");
    assert_eq!(user["outcome"], "pass", "{user}");
    assert_eq!(user["expected"], "root", "{user}");
    let detail = user["detail"].as_str().unwrap();
    assert!(detail.contains("dropped its privileges"), "{detail}");
}

#[test]
fn a_record_of_another_ordinary_user_is_suspicious() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let daemon = daemon_of_nobody(&world);
    let record = world.sidecar("other.json", &daemon.identity);
    chown(&record, Some(4711), Some(4711)).unwrap();
    let document = world
        .probe(&record)
        .assert_verdict(0, "verified", Some("warnings"));
    let user = check(&document, "user");
    assert_eq!(user["outcome"], "warn", "{user}");
    assert_eq!(user["expected"], "user ID 4711", "{user}");
}

#[test]
fn a_record_from_a_pipe_has_no_owner_and_one_from_a_file_has() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let user_of = |script: &str| {
        let mut command = world.command("sh");
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_rpctl")]);
        let document = Run::of(command.arg(daemon.record())).json();
        check(&document, "user")["outcome"].clone()
    };
    assert_eq!(
        user_of(r#"cat "$2" | "$1" probe --json --timeout 30s -"#),
        "skip"
    );
    assert_eq!(
        user_of(r#""$1" probe --json --timeout 30s - < "$2""#),
        "pass"
    );
}

/// Returns the identity of this process, as a daemon that was upgraded in place and started
/// after its record was made, by a clock that was set since.
fn upgraded(world: &World) -> DaemonProcess {
    let mut identity = this_process(&world.endpoint("s"));
    identity.exe_digest.sha256 = None;
    identity.exe_digest.blake3.as_mut().unwrap()[0] ^= 1;
    identity.started_at_unix_ms = before_start_ms(identity.pid);
    identity
}

#[test]
fn a_hung_daemon_of_another_build_is_not_gone_while_it_listens() {
    let world = World::new();
    let record = world.manifest("registry/s.pb", &upgraded(&world), |_| {});
    let assert_there = |world: &World| {
        let probe = [
            "probe",
            "--json",
            "--timeout",
            "50ms",
            record.to_str().unwrap(),
        ];
        let run = world.rpctl(probe);
        let document = run.assert_verdict(5, "mismatch", Some("digest_mismatch"));
        assert_eq!(check(&document, "start_time")["outcome"], "warn");
        assert_eq!(check(&document, "peer")["outcome"], "pass");
        world.rpctl(["prune", "--timeout", "50ms"]);
        let shutdown = ["shutdown", "--remove-record", "--probe-timeout", "50ms"];
        world.rpctl([&shutdown[..], &[record.to_str().unwrap()]].concat());
        assert!(record.exists());
    };
    // It accepts no connection, then has lost its socket file, then has a full queue.
    let listener = UnixListener::bind(world.path("s")).unwrap();
    assert_there(&world);
    std::fs::remove_file(world.path("s")).unwrap();
    assert_there(&world);
    drop(listener);
    let listener = UnixListener::bind(world.path("s")).unwrap();
    rustix::net::listen(&listener, 0).unwrap();
    let _waiting = UnixStream::connect(world.path("s")).unwrap();
    assert_there(&world);
    drop(listener);
    world
        .probe(&record)
        .assert_verdict(3, "not_running", Some("pid_reused"));
}

#[test]
fn a_time_that_cannot_be_right_is_outweighed_by_the_owner_alone() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    for unix_ms in [identity.started_at_unix_ms + 3_600_000, before_boot_ms(), 0] {
        identity.started_at_unix_ms = unix_ms;
        let record = world.sidecar("s.json", &identity);
        let run = world.probe(&record);
        let document = run.assert_verdict(0, "verified", Some("warnings"));
        let summary = document["summary"].as_str().unwrap();
        assert!(!summary.contains("is the recorded process"), "{summary}");
        assert_eq!(check(&document, "start_time")["outcome"], "unknown");
        // From a pipe, it has no owner.
        let mut command = world.command("sh");
        let script = r#"cat "$2" | "$1" probe --json --timeout 30s -"#;
        command.args(["-c", script, "sh", env!("CARGO_BIN_EXE_rpctl")]);
        Run::of(command.arg(&record)).assert_verdict(4, "indeterminate", Some("time_unusable"));
    }
}
