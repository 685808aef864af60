//! PID files of containers, seen from outside, and of the host, seen from inside.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use rpctl::__private;

use super::{daemon, date, probe, write};
use crate::support::{KillOnDrop, Run, World, check, is_installed, is_root, proc};

fn can_contain() -> bool {
    is_root() && is_installed("unshare")
}

/// Starts a sleeper in a PID namespace of its own, on a number that no process has outside.
/// Returns the number.
pub(crate) fn contained_sleeper(world: &World) -> (KillOnDrop, String) {
    contained_sleeper_at(world, 4_194_302)
}

/// Starts a sleeper on this number in a PID namespace of its own.
pub(crate) fn contained_sleeper_at(world: &World, number: u32) -> (KillOnDrop, String) {
    let last = number - 1;
    let script = format!("echo {last} > /proc/sys/kernel/ns_last_pid; sleep 1000 & echo $!; wait");
    let mut command = world.command("unshare");
    command
        .args([
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "sh",
            "-c",
            &script,
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = KillOnDrop(command.spawn().unwrap());
    let mut line = String::new();
    let stdout = child.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    (child, line.trim().to_owned())
}

#[test]
fn a_daemon_of_a_container_is_not_gone_outside() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let (child, number) = contained_sleeper(&world);
    let path = write(&world, &format!("{number}\n"));
    for options in [&[][..], &["--exe", "/bin/sleep"]] {
        let found = probe(&world, &path, options);
        let document = found.assert_verdict(4, "indeterminate", Some("foreign_namespace"));
        let detail = check(&document, "host")["detail"].as_str().unwrap();
        let inside = format!("is PID {number} inside its own PID namespace");
        assert!(detail.contains(&inside), "{detail}");
    }
    let kept = super::run(&world, "shutdown", &path, &["--remove-record"]);
    assert_eq!(kept.code, Some(4), "{kept:?}");
    assert!(path.exists());
    drop(child);
    // The namespace ends with its first process.
    crate::support::wait_until(|| probe(&world, &path, &[]).code == Some(3));
}

fn inside(world: &World, script: &str, path: &Path) -> Run {
    let mut command = world.command("unshare");
    command.args([
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "sh",
        "-c",
        script,
        "sh",
    ]);
    Run::of(command.arg(env!("CARGO_BIN_EXE_rpctl")).arg(path))
}

#[test]
fn a_daemon_of_the_host_is_not_gone_inside() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let (_child, path) = daemon(&world);
    date(&path, __private::unix_now_ms() - 1000);
    let found = inside(&world, r#""$1" probe --json "$2""#, &path);
    let document = found.assert_verdict(4, "indeterminate", Some("foreign_namespace"));
    let detail = check(&document, "host")["detail"].as_str().unwrap();
    assert!(detail.contains("older than this PID namespace"), "{detail}");
}

#[test]
fn a_daemon_is_verified_inside_its_own_container() {
    if !can_contain() {
        return;
    }
    let world = World::new();
    let path = world.path("daemon.pid");
    let script = r#"sleep 1000 & echo $! > "$2"; "$1" probe --json --exe /bin/sleep "$2""#;
    let found = inside(&world, script, &path);
    found.assert_verdict(0, "verified", Some("pid_file"));
    let script = format!(
        r#"echo {} > "$2"; "$1" shutdown --json --remove-record "$2""#,
        proc::MAX_PID
    );
    // Whether other containers share the file is not known there.
    let kept = inside(&world, &script, &path);
    assert_eq!(kept.code, Some(0), "{kept:?}");
    assert!(path.exists());
}
