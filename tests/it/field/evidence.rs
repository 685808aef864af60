//! The order of evidence: the user of the process, and times that cannot be right.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;

use crate::support::{Daemon, Run, World, check, is_root};

/// The overflow user, who owns nothing.
const NOBODY: u32 = 65_534;

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
