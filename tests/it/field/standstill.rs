//! Daemons that are stopped, traced or frozen: named as such, before any wait, and never to
//! be helped by more time or force.

use nix::sys::signal::Signal;
use serde_json::Value;

use super::cgroup::Cgroup;
use crate::support::{Daemon, KillOnDrop, Run, World, check, is_installed, proc, wait_until};

fn probe(world: &World, daemon: &Daemon) -> Value {
    let record = daemon.record().to_str().unwrap();
    world
        .rpctl(["probe", "--json", "--timeout", "1s", record])
        .assert_verdict(6, "unresponsive", Some("endpoint_silent"))
}

/// Stops a daemon that is not to end within the timeout.
fn stop(world: &World, daemon: &Daemon, options: &[&str]) -> Run {
    let record = daemon.record().to_str().unwrap();
    let common = ["--json", "--probe-timeout", "1s", record];
    world.rpctl(options.iter().chain(&common))
}

/// Asserts that a report names the standstill, and that its first hint begins so.
#[track_caller]
fn assert_named(document: &Value, daemon: &Daemon, standstill: &str, hint: &str) {
    let detail = check(document, "pid")["detail"].as_str().unwrap();
    assert!(detail.starts_with(standstill), "{detail}");
    let summary = document["summary"].as_str().unwrap();
    let named = format!("PID {} is {standstill}", daemon.pid());
    assert!(summary.contains(&named), "{summary}");
    let hints = document["hints"].as_array().unwrap();
    let first = hints[0].as_str().unwrap();
    assert!(first.starts_with(hint), "{hints:#?}");
    for bad in ["--force", "--timeout", "may just be slow"] {
        assert!(!document["hints"].to_string().contains(bad), "{hints:#?}");
    }
}

/// Asserts that a command says so before it waits, and again at the end.
#[track_caller]
fn assert_said_before_the_wait(run: &Run, standstill: &str, hint: &str) {
    let warning = format!("is {standstill}");
    assert!(run.stderr.contains(&warning), "{run:?}");
    assert!(run.stderr.contains(hint), "{run:?}");
    let document = run.json();
    assert_eq!(document["action"]["outcome"], "timed_out", "{document:#}");
    let summary = document["summary"].as_str().unwrap();
    assert!(
        summary.ends_with(&format!("it is {standstill}")),
        "{summary}"
    );
    let kind = match standstill.split(' ').nth(1) {
        Some("by") if standstill.starts_with("frozen") => "frozen",
        _ if standstill.contains("debugger") => "traced",
        _ => "stopped",
    };
    assert_eq!(document["action"]["standstill"]["kind"], kind);
    assert_eq!(document["standstill"]["kind"], kind);
    let hints = document["hints"].to_string();
    assert!(
        hints.contains(hint) && !hints.contains("--force"),
        "{hints}"
    );
}

#[test]
fn a_stopped_daemon_is_to_be_continued() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    proc::Pinned::open(daemon.pid()).unwrap().stop();
    let record = daemon.record().to_str().unwrap();
    let hint = format!("let it go on: rpctl signal CONT {record}");
    assert_named(
        &probe(&world, &daemon),
        &daemon,
        "stopped by a signal",
        &hint,
    );
    let run = stop(&world, &daemon, &["shutdown", "--timeout", "1s"]);
    assert_said_before_the_wait(&run, "stopped by a signal", &hint);
    // Its SIGTERM waits for it.
    daemon.signal(Signal::SIGCONT);
    assert!(daemon.wait().success());
}

#[test]
fn force_ends_a_stopped_daemon() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    proc::Pinned::open(daemon.pid()).unwrap().stop();
    let run = stop(&world, &daemon, &["shutdown", "--force", "--timeout", "1s"]);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
}

#[test]
fn a_daemon_that_runs_is_not_called_stopped() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    std::fs::remove_file(daemon.socket()).unwrap();
    let document =
        world
            .probe(daemon.record())
            .assert_verdict(6, "unresponsive", Some("endpoint_missing"));
    assert_eq!(check(&document, "pid")["detail"], Value::Null);
    assert!(document["summary"].as_str().unwrap().contains("runs, but"));
}

/// A debugger that stops the daemon and keeps it so, until its input ends.
const DEBUGGER: &str = r"
import ctypes, os, sys
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
pid = int(sys.argv[1])
assert ptrace(16, pid, None, None) == 0, ctypes.get_errno()
os.waitpid(pid, 0x40000000)
sys.stdin.read()
";

/// Starts a debugger, and waits until it has stopped the process.
pub(super) fn trace(world: &World, pid: u32) -> KillOnDrop {
    let mut debugger = world.command("python3");
    debugger
        .args(["-c", DEBUGGER, &pid.to_string()])
        .stdin(std::process::Stdio::piped());
    let debugger = KillOnDrop(debugger.spawn().unwrap());
    wait_until(|| proc::stat(pid)[0] == "t");
    debugger
}

#[test]
fn a_traced_daemon_is_that_of_its_debugger() {
    if !is_installed("python3") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let pid = daemon.pid();
    let debugger = trace(&world, pid);
    let named = format!("stopped by a debugger, PID {}", debugger.0.id());
    let hint = "let the debugger go on or detach";
    assert_named(&probe(&world, &daemon), &daemon, &named, hint);
    let run = stop(&world, &daemon, &["shutdown", "--timeout", "1s"]);
    assert_said_before_the_wait(&run, &named, hint);
    let run = stop(&world, &daemon, &["kill"]);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
    assert!(!run.stderr.contains("is stopped"), "{run:?}");
}

#[test]
fn a_daemon_frozen_by_cgroup_v1_is_to_be_thawed() {
    let world = World::new();
    let Some(cgroup) = Cgroup::v1("plain") else {
        return;
    };
    let mut daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    let frozen = cgroup.freeze();
    let control = cgroup.control().display().to_string();
    let hint = format!("thaw it: echo THAWED > {control}");
    let named = format!("frozen by {control}");
    assert_named(&probe(&world, &daemon), &daemon, &named, &hint);
    for command in [&["shutdown"][..], &["shutdown", "--force"], &["kill"]] {
        let soon = ["--timeout", "300ms"];
        let run = stop(&world, &daemon, &[command, &soon].concat());
        assert_said_before_the_wait(&run, &named, &hint);
    }
    drop(frozen);
    daemon.wait();
}

#[test]
fn a_daemon_frozen_by_cgroup_v2_is_to_be_thawed() {
    let world = World::new();
    let Some(cgroup) = Cgroup::v2("plain") else {
        return;
    };
    let mut daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    let frozen = cgroup.freeze();
    let control = cgroup.control().display().to_string();
    let hint = format!("thaw it: echo 0 > {control}");
    let named = format!("frozen by {control}");
    assert_named(&probe(&world, &daemon), &daemon, &named, &hint);
    let run = stop(&world, &daemon, &["shutdown", "--timeout", "1s"]);
    assert_said_before_the_wait(&run, &named, &hint);
    drop(frozen);
    assert!(daemon.wait().success());
}

#[test]
fn sigkill_ends_a_daemon_frozen_by_cgroup_v2() {
    let world = World::new();
    let Some(cgroup) = Cgroup::v2("killed") else {
        return;
    };
    let daemon = Daemon::start(&world);
    cgroup.add(&daemon);
    let _frozen = cgroup.freeze();
    let run = stop(&world, &daemon, &["kill"]);
    assert_eq!(run.json()["action"]["outcome"], "killed", "{run:?}");
    assert!(!run.stderr.contains("frozen"), "{run:?}");
}

#[test]
fn the_cgroup_above_that_is_frozen_is_the_one_to_thaw() {
    for create in [Cgroup::v1, Cgroup::v2] {
        let world = World::new();
        let Some(above) = create("above") else {
            return;
        };
        let below = above.below("b c");
        let daemon = Daemon::start(&world);
        below.add(&daemon);
        let frozen = above.freeze();
        let control = above.control().display().to_string();
        let named = format!("frozen by {control}");
        assert_named(&probe(&world, &daemon), &daemon, &named, "thaw it: ");
        drop(frozen);
        wait_until(|| {
            let record = daemon.record().to_str().unwrap();
            world.rpctl(["probe", "--json", record]).code == Some(0)
        });
    }
}
