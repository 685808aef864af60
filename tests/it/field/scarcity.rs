//! Files, disks and processes that have run out.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use rpctl::DaemonProcess;
use serde_json::Value;

use crate::digest_cache::settle;
use crate::support::{
    Daemon, MAX_PID, Role, Run, Script, World, is_installed, is_root, role, this_process,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");
const MAKE_ROOM: &str = "make room on that file system";

/// Counts the verdicts of a list of reports.
fn count(document: &Value, verdict: &str) -> usize {
    let reports = document["reports"].as_array().unwrap();
    let verdicts = reports.iter().map(|report| &report["verdict"]);
    verdicts.filter(|found| *found == verdict).count()
}

/// A registry with so many records of a living daemon, and so many of dead ones.
fn crowd(world: &World, each: usize) -> Daemon {
    let daemon = Daemon::registered(world, "live");
    let dead = DaemonProcess {
        pid: MAX_PID,
        ipc_endpoint: world.endpoint("dead"),
        ..daemon.identity.clone()
    };
    for number in 1..each {
        let copy = world.path(&format!("registry/live{number}.pb"));
        std::fs::copy(daemon.record(), copy).unwrap();
    }
    for number in 0..each {
        world.manifest(&format!("registry/dead{number}.pb"), &dead, |_| {});
    }
    daemon
}

#[test]
fn with_few_descriptors_fewer_records_are_probed_at_once() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let _daemon = crowd(&world, 100);
    for limit in [12, 20, 40, 64] {
        let run = |arguments: &[&str]| {
            let mut command = world.command("prlimit");
            command.arg(format!("--nofile={limit}")).arg(PROGRAM);
            let run = Run::of(command.args(arguments).args(["--json", "--timeout", "30s"]));
            (run.code, run.json())
        };
        for (arguments, code) in [(&["probe", "--all"][..], 3), (&["list"], 0)] {
            let (found, document) = run(arguments);
            assert_eq!(found, Some(code), "{limit}");
            let counts = ["verified", "not_running"].map(|verdict| count(&document, verdict));
            assert_eq!(counts, [100, 100], "{limit}");
        }
        let (_, pruned) = run(&["prune", "--dry-run"]);
        assert_eq!(pruned["pruned"].as_array().unwrap().len(), 100, "{limit}");
    }
}

/// Runs a script with the program as `$1` and a directory of this world on a file system
/// of its own as `$2`.
fn on_small_disk(world: &World, script: &str) -> Run {
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-c"])
        .arg(format!(
            r#"mount -t tmpfs -o size=64k tmpfs "$2" && exec 3>&1 >&2 || exit 99
               fill() {{ dd if=/dev/zero of="$2/fill" bs=4k count=99 2>/dev/null; }}
               {script}"#
        ))
        .args(["sh", PROGRAM])
        .arg(world.path("disk"));
    std::fs::create_dir(world.path("disk")).unwrap();
    Run::of(&mut command)
}

#[test]
fn a_daemon_that_cannot_be_recorded_says_that_the_disk_is_full() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    for files in ["--record $2/a.pb", "--record s.pb --sidecar $2/a.json"] {
        let world = World::new();
        let script = format!(
            r#"fill $1 "$2"; "$1" spawn-self --json --endpoint s {files} >&3; code=$?
               ls -A "$2" . >&2; exit $code"#
        );
        let run = on_small_disk(&world, &script);
        assert_eq!(run.code, Some(1), "{run:?}");
        let hint = run.json()["hints"][0].as_str().unwrap().to_owned();
        assert!(hint.starts_with(MAKE_ROOM), "{hint}");
        // Neither a socket nor half a record is left.
        for name in ["a.pb", "a.json", "s", "s.pb"] {
            assert!(!run.stderr.lines().any(|line| line == name), "{run:?}");
        }
        assert!(!run.stderr.contains(".rpctl-"), "{run:?}");
    }
}

/// Returns the names in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Returns a command that may write files of this size at most, in bytes.
fn with_file_size(world: &World, size: u32, command: &Command) -> Command {
    let mut limited = world.command("prlimit");
    limited
        .arg(format!("--fsize={size}"))
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        limited.env(name, value.unwrap());
    }
    limited
}

#[test]
fn a_file_that_may_not_grow_leaves_no_part_of_a_record() {
    if !is_installed("prlimit") {
        return;
    }
    for files in [
        &["--record=a.pb"][..],
        &["--record=a.json"],
        &["--record=s.pb", "--sidecar=a.json"],
    ] {
        let world = World::new();
        let mut command = Command::new(PROGRAM);
        command
            .args(["spawn-self", "--json", "--endpoint=s"])
            .args(files);
        let run = Run::of(&mut with_file_size(&world, 0, &command));
        assert_eq!(run.code, Some(1), "{run:?}");
        let hint = run.json()["hints"][0].as_str().unwrap().to_owned();
        assert!(hint.starts_with("allow larger files (ulimit -f)"), "{hint}");
        assert_eq!(names(&world.path("")), Vec::<String>::new());
    }
}

#[test]
fn a_library_that_may_write_no_more_leaves_the_old_record() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let small = this_process(&world.endpoint("s"));
    let large = DaemonProcess {
        exe_path: Path::new("/").join("n".repeat(4096)),
        ..small.clone()
    };
    let [small, large] =
        [("small", small), ("large", large)].map(|(name, identity)| world.sidecar(name, &identity));
    let record = world.path("records/a.json");
    let command = role(Role::SaveInTurn, [&record, &small, &large]);
    let run = Run::of(&mut with_file_size(&world, 4096, &command));
    assert_eq!(run.text().matches("saved").count(), 1, "{run:?}");
    assert!(run.stderr.contains("File too large"), "{run:?}");
    assert_eq!(names(&world.path("records")), ["a.json"]);
    assert_eq!(
        std::fs::read(record).unwrap(),
        std::fs::read(small).unwrap()
    );
}

#[test]
fn a_file_that_may_not_grow_keeps_no_digest_and_no_result() {
    if !is_installed("prlimit") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    settle(Path::new(PROGRAM));
    let script = r#"exec "$@" > out"#;
    let run = |program: &[&str], options: &[&str]| {
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .args(["probe", "--json", "--timeout=30s"])
            .args(options);
        command.env("XDG_CACHE_HOME", world.path("cache"));
        Run::of(with_file_size(&world, 0, &command).arg(daemon.record()))
    };
    let cached = run(&[PROGRAM], &["--digest-cache"]);
    cached.assert_verdict(0, "verified", None);
    assert!(cached.stderr.contains("File too large"), "{cached:?}");
    assert_eq!(names(&world.path("cache/rpctl")), Vec::<String>::new());
    let redirected = run(&["sh", "-c", script, "sh", PROGRAM], &[]);
    assert_eq!(redirected.code, Some(1), "{redirected:?}");
    assert!(redirected.stderr.contains("ulimit -f"), "{redirected:?}");
}

#[test]
fn a_result_that_cannot_be_written_says_that_the_disk_is_full() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    for command in ["probe", "inspect-manifest --convert json", "list", "prune"] {
        let world = World::new();
        let _daemon = Daemon::registered(&world, "live");
        let script = format!(r#"fill $1 "$2"; "$1" {command} > "$2/out""#);
        let run = on_small_disk(&world, &script);
        assert_eq!(run.code, Some(1), "{command}: {run:?}");
        assert!(run.stderr.contains(MAKE_ROOM), "{command}: {run:?}");
    }
}

#[test]
fn a_full_disk_keeps_no_digest_and_changes_no_verdict() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    settle(Path::new(PROGRAM));
    let record = daemon.record().to_str().unwrap();
    let script = format!(
        r#"fill $1 "$2"; export XDG_CACHE_HOME="$2"
           exec "$1" probe --json --timeout 30s --digest-cache {record} >&3"#
    );
    let run = on_small_disk(&world, &script);
    run.assert_verdict(0, "verified", Some("warnings"));
    assert!(run.stderr.contains("no digests are kept"), "{run:?}");
    assert!(run.stderr.contains("No space left"), "{run:?}");
}

/// Removing makes room, so that it must not need any.
#[test]
fn records_are_pruned_on_a_full_disk() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let mut daemon = Daemon::registered(&world, "dead");
    daemon.kill();
    let script = r#"cp -p registry/* "$2"; fill $1 "$2"
           export RUNNING_PROCESS_MANIFEST_DIR="$2"; rm -f daemon.sock
           exec "$1" prune --json >&3"#;
    let run = on_small_disk(&world, script);
    let document = run.json();
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(document["pruned"].as_array().unwrap().len(), 1, "{run:?}");
}

/// Returns a command with the registry mounted for reading only.
fn with_read_only_registry(world: &World) -> Command {
    let script = r#"
        mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"
    "#;
    let mut command = world.command("unshare");
    command
        .args(["--mount", "sh", "-c", script, "sh"])
        .arg(world.path("registry"))
        .arg(PROGRAM);
    command
}

#[test]
fn a_read_only_registry_is_read_and_its_state_is_right() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let _daemon = crowd(&world, 2);
    let run = |arguments: &[&str]| Run::of(with_read_only_registry(&world).args(arguments));
    for (arguments, code) in [(&["probe", "--all"][..], 3), (&["list"], 0)] {
        let run = run(&[arguments, &["--json", "--timeout", "30s"]].concat());
        assert_eq!(run.code, Some(code), "{run:?}");
        let counts = ["verified", "not_running"].map(|verdict| count(&run.json(), verdict));
        assert_eq!(counts, [2, 2]);
    }
    for options in [&["--dry-run"][..], &[]] {
        let run = run(&[&["prune"], options].concat());
        assert_eq!(run.code, Some(9), "{run:?}");
        assert!(run.text().contains("mounted for writing"), "{run:?}");
        assert!(!run.text().contains("root"), "{run:?}");
    }
    let spawned = run(&["spawn-self", "--json", "--service=new", "--endpoint=s"]);
    assert_eq!(spawned.code, Some(2), "{spawned:?}");
    let hint = spawned.json()["hints"][0].as_str().unwrap().to_owned();
    assert!(hint.contains("--record"), "{hint}");
    assert!(!Path::new("s").exists());
}

#[test]
fn a_daemon_is_stopped_although_its_record_cannot_be_removed() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let script = Script::start(&world, "echo up; read line");
    std::fs::create_dir(world.path("registry")).unwrap();
    let record = world.path("registry/script.json");
    std::fs::copy(&script.record, &record).unwrap();
    let mut command = with_read_only_registry(&world);
    command.args(["shutdown", "--json", "--remove-record", "--timeout=30s"]);
    let run = Run::of(command.args(["--probe-timeout=30s"]).arg(&record));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.json()["action"]["outcome"], "terminated");
    assert!(run.stderr.contains("was not removed"), "{run:?}");
    assert!(record.exists());
}

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
    for number in 0..20 {
        let copy = world.path(&format!("registry/live{number}.pb"));
        std::fs::copy(&record, &copy).unwrap();
        std::os::unix::fs::chown(copy, Some(USER), Some(USER)).unwrap();
    }
    let mut command = world.command("prlimit");
    command.arg("--nproc=1").arg(&program).uid(USER).gid(USER);
    let run = Run::of(command.args(["probe", "--all", "--json", "--timeout", "30s"]));
    assert_eq!(count(&run.json(), "verified"), 21, "{run:?}");
}
