//! Daemons that stop at once, late, or not at all.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::support::{Daemon, Run, Script, World, copy_program, is_root, wait_until};

/// What `action` says: outcome, signal and exit status.
fn action(run: &Run) -> (String, String, String) {
    let action = &run.json()["action"];
    let text = |key: &str| action[key].to_string().trim_matches('"').to_owned();
    (text("outcome"), text("signal"), text("exit_status"))
}

#[track_caller]
fn assert_action(run: &Run, code: i32, outcome: &str, signal: &str, exit_status: &str) {
    let expected = (
        outcome.to_owned(),
        signal.to_owned(),
        exit_status.to_owned(),
    );
    assert_eq!(action(run), expected, "{:#}", run.json());
    assert_eq!(run.code, Some(code));
    assert_eq!(run.json()["exit_code"], code);
}

fn stop(world: &World, command: &str, record: &std::path::Path, options: &[&str]) -> Run {
    let mut args = vec![command, "--json", record.to_str().unwrap()];
    args.extend(options);
    world.rpctl(args)
}

#[test]
fn a_daemon_that_exits_is_terminated_with_its_exit_status() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let run = stop(&world, "shutdown", daemon.record(), &[]);
    assert_action(&run, 0, "terminated", "SIGTERM", r#"{"code":0}"#);
    assert!(daemon.wait().success());
}

#[test]
fn a_killed_daemons_socket_and_record_are_removed() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = stop(&world, "kill", daemon.record(), &["--remove-record"]);
    assert_action(&run, 0, "killed", "SIGKILL", r#"{"signal":"SIGKILL"}"#);
    assert!(!world.path("daemon.sock").exists());
    assert!(!daemon.record().exists());
}

#[test]
fn a_daemon_that_takes_its_time_is_waited_for() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap 'sleep 2; exit 3' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let run = stop(&world, "shutdown", &daemon.record, &["--timeout", "1m"]);
    assert_action(&run, 0, "terminated", "SIGTERM", r#"{"code":3}"#);
    assert_eq!(daemon.status().code(), Some(3));
}

/// By a whole timeout and no less: a daemon may need all of it.
#[test]
fn a_daemon_is_not_given_up_before_its_timeout() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap '' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let began = Instant::now();
    let run = stop(&world, "shutdown", &daemon.record, &["--timeout", "1s"]);
    assert!(began.elapsed() >= Duration::from_secs(1), "{run:?}");
    assert_action(&run, 7, "timed_out", "SIGTERM", "null");
    assert!(daemon.is_running());
}

#[test]
fn a_daemon_that_ignores_the_signal_is_killed_by_force() {
    let world = World::new();
    let mut daemon = Script::start(&world, "trap '' TERM; echo ready; read go; exec sleep 1000");
    let daemon_record = sleeping(&world, &mut daemon);
    let run = stop(&world, "shutdown", &daemon_record, &["--timeout", "50ms"]);
    assert_action(&run, 7, "timed_out", "SIGTERM", "null");
    // More time comes first.
    let hints = run.json()["hints"].clone();
    assert!(hints[0].as_str().unwrap().contains("--timeout"), "{hints}");
    assert!(hints[1].as_str().unwrap().contains("--force"), "{hints}");
    assert!(daemon.is_running());

    let run = stop(
        &world,
        "shutdown",
        &daemon_record,
        &["--timeout", "50ms", "--force"],
    );
    assert_action(&run, 0, "killed", "SIGKILL", r#"{"signal":"SIGKILL"}"#);
    assert_eq!(daemon.signal(), Some(9));
}

/// The record of a script that has become `sleep`.
fn sleeping(world: &World, script: &mut Script) -> std::path::PathBuf {
    script.go();
    let exe = format!("/proc/{}/exe", script.identity.pid);
    wait_until(|| std::fs::read_link(&exe).unwrap().ends_with("sleep"));
    let identity = crate::support::identity_of(script.identity.pid, &script.identity.ipc_endpoint);
    world.sidecar("sleeping.json", &identity)
}

#[test]
fn a_stopped_daemon_survives_the_signal_and_not_kill() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.signal(Signal::SIGSTOP);
    let soon = ["--timeout", "50ms", "--probe-timeout", "50ms"];
    let run = stop(&world, "shutdown", daemon.record(), &soon);
    assert_action(&run, 7, "timed_out", "SIGTERM", "null");
    let run = stop(&world, "kill", daemon.record(), &soon[2..]);
    assert_action(&run, 0, "killed", "SIGKILL", r#"{"signal":"SIGKILL"}"#);
    daemon.wait();
}

#[test]
fn a_daemon_that_leaves_a_child_behind_has_exited_all_the_same() {
    let world = World::new();
    let mut daemon = Script::start(
        &world,
        "trap 'sleep 1000 >&- 2>&- & echo $!; exit 0' TERM; echo ready; while :; do sleep 0.01; done",
    );
    let run = stop(&world, "shutdown", &daemon.record, &[]);
    assert_action(&run, 0, "terminated", "SIGTERM", r#"{"code":0}"#);
    let child = nix::unistd::Pid::from_raw(daemon.line().parse().unwrap());
    nix::sys::signal::kill(child, Signal::SIGKILL).unwrap();
}

#[test]
fn a_process_that_became_another_program_is_left_alone() {
    let world = World::new();
    let mut daemon = Script::start(&world, "echo ready; read go; exec sleep 1000");
    sleeping(&world, &mut daemon);
    for command in ["shutdown", "kill"] {
        let run = stop(&world, command, &daemon.record, &[]);
        assert_action(&run, 5, "refused", "null", "null");
        assert_eq!(run.json()["reason"], "digest_mismatch");
    }
    assert!(daemon.is_running());
}

#[test]
fn a_daemon_that_is_gone_or_a_zombie_is_already_gone() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    daemon.kill_unreaped();
    for _ in 0..2 {
        let run = stop(&world, "shutdown", daemon.record(), &[]);
        assert_action(&run, 0, "already_gone", "null", "null");
        let run = stop(&world, "kill", daemon.record(), &["--require-running"]);
        assert_action(&run, 3, "already_gone", "null", "null");
        daemon.wait();
    }
}

#[test]
fn a_daemon_replaced_on_disk_is_stopped() {
    for command in ["shutdown", "kill"] {
        let world = World::new();
        let program = world.path("rpctl");
        copy_program(&program);
        let mut daemon = Daemon::start_program(&world, &program);
        std::fs::write(world.path("new"), "the next build").unwrap();
        std::fs::rename(world.path("new"), &program).unwrap();
        let run = stop(&world, command, daemon.record(), &[]);
        assert_eq!(run.code, Some(0), "{run:?}");
        daemon.wait();
    }
}

#[test]
fn the_daemon_of_another_user_is_left_alone() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.path("rpctl");
    copy_program(&program);
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(world.path(""), open.clone()).unwrap();
    let daemon = Daemon::start_program(&world, &program);
    std::fs::set_permissions(daemon.record(), open).unwrap();
    let mut command = world.command(&program);
    command.args(["shutdown", "--json"]).arg(daemon.record());
    let run = Run::of(command.uid(65_534).gid(65_534));
    assert_action(&run, 4, "refused", "null", "null");
    let hint = run.json()["hints"][0].to_string();
    let again = format!("sudo rpctl shutdown {}", daemon.record().display());
    assert!(hint.contains(&again), "{hint}");
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}

#[test]
fn two_shutdowns_at_once_both_succeed() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let runs = std::thread::scope(|scope| {
        let one = || stop(&world, "shutdown", daemon.record(), &[]);
        let (first, second) = (scope.spawn(one), scope.spawn(one));
        [first.join().unwrap(), second.join().unwrap()]
    });
    for run in runs {
        assert_eq!(run.code, Some(0), "{:#}", run.json());
    }
    assert!(daemon.wait().success());
}

#[test]
fn a_dry_run_says_what_would_happen_and_does_nothing() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    for (command, signal) in [("shutdown", "SIGTERM"), ("kill", "SIGKILL")] {
        let run = stop(&world, command, daemon.record(), &["--dry-run"]);
        assert_action(&run, 0, "dry_run", signal, "null");
    }
    let all = ["--dry-run", "--force", "--remove-record"];
    let run = stop(&world, "shutdown", daemon.record(), &all);
    let document = run.json();
    let summary = document["summary"].as_str().unwrap();
    assert!(
        summary.contains("SIGKILL if it is still alive after 30 s"),
        "{summary}"
    );
    let removal = format!("{} would be removed", daemon.record().display());
    assert!(summary.ends_with(&removal), "{summary}");
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
}
