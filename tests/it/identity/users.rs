//! Daemons of another user.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::support::{Daemon, NOBODY, Run, World, check, is_installed, is_root};

#[test]
fn a_daemon_of_another_user_cannot_be_examined() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let daemon = Daemon::start_program(&world, &program);
    std::fs::set_permissions(daemon.record(), Permissions::from_mode(0o644)).unwrap();
    let mut command = world.command(&program);
    command
        .args(["probe", "--json", "--timeout", "30s"])
        .arg(daemon.record())
        .uid(NOBODY)
        .gid(NOBODY);
    let document =
        Run::of(&mut command).assert_verdict(4, "indeterminate", Some("permission_denied"));
    assert_eq!(check(&document, "endpoint")["outcome"], "unknown");
    assert_eq!(check(&document, "pid")["outcome"], "pass");
    assert_eq!(check(&document, "exe_path")["outcome"], "unknown");
    assert_eq!(check(&document, "digest")["outcome"], "unknown");
    // What everybody may read of a process is told all the same.
    assert_eq!(document["process"]["user"], "root");
    assert!(document["process"]["started_at"].is_string());
    assert!(document["process"]["exe"].is_null(), "{document:#}");
}

#[test]
fn root_trusts_the_record_of_a_user_on_the_users_own_daemon() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o1777)).unwrap();
    let mut command = world.command(&program);
    command.arg0("rpctl").uid(NOBODY).gid(NOBODY);
    let daemon = Daemon::start_command(&world, command);
    let document = world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
    assert_eq!(check(&document, "record")["outcome"], "pass");
}

#[test]
fn another_users_listener_is_a_stranger_even_if_it_is_right() {
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o1777)).unwrap();
    // The daemon of root, and a stranger on a socket that a record gives it.
    let daemon = Daemon::start_program(&world, &program);
    let mut recorded = daemon.identity.clone();
    recorded.ipc_endpoint = world.endpoint("theirs.sock");
    let mut command = world.command(&program);
    command
        .arg0("rpctl")
        .args(["spawn-self", "--foreground", "--json", "--record"])
        .arg(world.path("theirs.pb"))
        .arg("--endpoint")
        .arg(world.path("theirs.sock"))
        .uid(NOBODY)
        .gid(NOBODY);
    let _stranger = Daemon::start_as_is(command, &world.path("theirs.pb"));
    let document = world
        .probe(&world.sidecar("s.json", &recorded))
        .assert_verdict(5, "mismatch", Some("squatted"));
    assert_eq!(check(&document, "peer")["outcome"], "fail");
    let detail = check(&document, "peer")["detail"].as_str().unwrap();
    assert!(detail.ends_with("served by another user"), "{detail}");
}

/// With `invisible`, files of the process cannot be opened; with `ptraceable`,
/// not even its existence can be asked for. The kernel still names it as the creator
/// of the listener.
#[test]
fn a_daemon_that_proc_hides_is_neither_gone_nor_displaced() {
    if !is_root() || !is_installed("unshare") || !is_installed("setpriv") {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    let daemon = Daemon::start_program(&world, &program);
    std::fs::set_permissions(daemon.record(), Permissions::from_mode(0o644)).unwrap();
    std::fs::set_permissions(daemon.socket(), Permissions::from_mode(0o666)).unwrap();
    let script = r#"
        mount -t proc -o "hidepid=$1" proc /proc && shift &&
        exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
    "#;
    for (hidepid, peer, pid) in [
        ("invisible", "pass", "pass"),
        ("ptraceable", "unknown", "unknown"),
    ] {
        let mut command = world.command("unshare");
        command
            .args(["--mount", "sh", "-c", script, "sh", hidepid])
            .arg(&program)
            .args(["probe", "--json", "--timeout", "30s"])
            .arg(daemon.record());
        let document =
            Run::of(&mut command).assert_verdict(4, "indeterminate", Some("permission_denied"));
        assert_eq!(check(&document, "peer")["outcome"], peer, "{hidepid}");
        assert_eq!(check(&document, "pid")["outcome"], pid, "{hidepid}");
        assert_eq!(check(&document, "nonce")["outcome"], "pass", "{hidepid}");
    }
}
