//! Threads and processes that have run out: for a user, or in a container.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::cgroup::Cgroup;
use super::hangs::mount::HangingMount;
use super::scarcity::{count, crowd};
use crate::support::{Daemon, Run, World, is_installed, is_root, patient};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");

#[test]
fn without_another_thread_every_record_is_probed() {
    const USER: u32 = 64_050;
    if !is_root() || !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    std::os::unix::fs::chown(world.path(""), Some(USER), Some(USER)).unwrap();
    std::fs::create_dir(world.path("registry")).unwrap();
    std::os::unix::fs::chown(world.path("registry"), Some(USER), Some(USER)).unwrap();
    let mut command = world.command(&program);
    command
        .arg0("rpctl")
        .args(["spawn-self", "--foreground", "--json"])
        .args([
            "--service=live",
            "--endpoint=s",
            "--record=registry/live.pb",
        ])
        .uid(USER)
        .gid(USER);
    let record = world.path("registry/live.pb");
    let _daemon = Daemon::start_as_is(command, &record);
    // By name, because the registry lists a daemon once.
    let copies = [(); 20].map(|()| "registry/live.pb");
    let mut command = world.command("prlimit");
    command.arg("--nproc=1").arg(&program).uid(USER).gid(USER);
    let run = Run::of(
        command
            .args(["probe", "--json", "--timeout", "30s"])
            .args(copies),
    );
    assert_eq!(count(&run.json(), "verified"), 20, "{run:?}");
}

/// Returns a command like another one, that may start no thread and no process.
fn alone(cgroup: &Cgroup, inner: &Command) -> Command {
    let script = r#"echo $$ > "$1/cgroup.procs" && echo 1 > "$1/pids.max" && shift && exec "$@""#;
    let mut command = Command::new("sh");
    command.args(["-ec", script, "sh"]).arg(cgroup.directory());
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    command
}

/// A container that has as many processes as it may have.
#[test]
fn in_a_full_container_every_record_is_probed() {
    let Some(cgroup) = Cgroup::of_processes("full") else {
        return;
    };
    let world = World::new();
    let mut daemon = crowd(&world, 20);
    let run = |arguments: &[&str]| {
        let mut command = world.command(PROGRAM);
        command.args(patient(arguments)).arg("--json");
        Run::of(&mut alone(&cgroup, &command))
    };
    for (arguments, code) in [(&["probe", "--all"][..], 3), (&["list"], 0)] {
        let run = run(arguments);
        assert_eq!(run.code, Some(code), "{run:?}");
        let counts = ["verified", "not_running"].map(|verdict| count(&run.json(), verdict));
        assert_eq!(counts, [1, 20], "{arguments:?}");
    }
    let pruned = run(&["prune"]).json();
    assert_eq!(pruned["pruned"].as_array().unwrap().len(), 20, "{pruned:#}");
    let spawned = run(&["spawn-self", "--service=new", "--endpoint=new.sock"]);
    assert_eq!(spawned.code, Some(1), "{spawned:?}");
    let hint = spawned.json()["hints"][0].as_str().unwrap().to_owned();
    assert!(hint.starts_with("allow more processes"), "{hint}");
    assert!(!world.path("new.sock").exists());
    let stopped = run(&["shutdown", daemon.record().to_str().unwrap()]);
    assert_eq!(
        stopped.json()["action"]["outcome"],
        "terminated",
        "{stopped:?}"
    );
    daemon.wait();
}

/// Such a file system may hang, so that a process of its own reads it.
#[test]
fn without_a_process_to_read_it_no_record_is_a_bad_one() {
    let Some(cgroup) = Cgroup::of_processes("reader") else {
        return;
    };
    let world = World::new();
    let daemon = Daemon::start(&world);
    let Some(mount) = HangingMount::with(world, &[daemon.record().to_owned()]) else {
        return;
    };
    let mut command = mount.world.command(PROGRAM);
    command
        .args(["probe", "--json"])
        .arg(mount.path("daemon.pb"));
    let run = Run::of(&mut mount.command_of(&alone(&cgroup, &command)));
    let document = run.assert_verdict(4, "indeterminate", Some("record_unreadable"));
    let hint = document["hints"][0].as_str().unwrap();
    assert!(hint.starts_with("allow more processes"), "{hint}");
    mount.end_with(daemon);
}
