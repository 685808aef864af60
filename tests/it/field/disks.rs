//! Disks that are full, and files that may not grow.

use std::path::Path;
use std::process::Command;

use rpctl::DaemonProcess;

use crate::digest_cache::settle;
use crate::support::{Daemon, Role, Run, World, is_installed, is_root, role, this_process};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rpctl");
const MAKE_ROOM: &str = "make room on that file system";

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
