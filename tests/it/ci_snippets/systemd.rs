//! The units.

use super::fixture::Fixture;
use super::snippet::snippet;
use crate::support::{Run, World, is_installed};

const UNITS: [&str; 3] = [
    "cached.service",
    "cached-probe.service",
    "cached-probe.timer",
];

/// A unit of the page; its first line says which.
fn unit(name: &str) -> &'static str {
    snippet("ini", &format!("# /etc/systemd/system/{name}\n"))
}

/// The commands of a unit, as a shell would run them on the fixture.
fn commands<'a>(unit: &'a str, key: &str) -> Vec<String> {
    let line = |line: &'a str| line.strip_prefix(key)?.strip_prefix('=');
    let commands = unit.lines().filter_map(line);
    commands
        .map(|command| {
            let (program, arguments) = command.split_once(' ').unwrap();
            let name = program.rsplit('/').next().unwrap();
            format!("{name} {}", arguments.replace("%t", "run"))
        })
        .collect()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_units() {
    if !is_installed("systemd-analyze") {
        return;
    }
    let world = World::new();
    for name in UNITS {
        // It looks for the programs as well.
        let text = unit(name)
            .replace("/usr/bin/rpctl", env!("CARGO_BIN_EXE_rpctl"))
            .replace("/usr/bin/cached", env!("CARGO_BIN_EXE_rpctl"));
        std::fs::write(world.path(name), text).unwrap();
    }
    let mut command = world.command("systemd-analyze");
    let run = Run::of(
        command
            .arg("verify")
            .args(UNITS.map(|name| world.path(name))),
    );
    // What it does not know it ignores, with a word.
    assert_eq!((run.code, run.text(), &*run.stderr), (Some(0), "", ""));
}

#[test]
fn the_service_starts_verified_and_the_timer_verifies_again() {
    let world = Fixture::new();
    std::fs::create_dir_all(world.path("run/cached")).unwrap();
    let service = unit("cached.service");
    let [daemon] = &commands(service, "ExecStart")[..] else {
        panic!("{service}");
    };
    let [post] = &commands(service, "ExecStartPost")[..] else {
        panic!("{service}");
    };
    let [again] = &commands(unit("cached-probe.service"), "ExecStart")[..] else {
        panic!();
    };
    let script =
        format!("./{daemon} &\n{post} && {again} && rpctl shutdown run/cached/cached.pb; exit $?");
    let run = Run::of(world.user_command("sh").args(["-c", &script]));
    assert_eq!(run.code, Some(0), "{run:?}");
    let journal = run.text();
    assert_eq!(journal.matches("✓ verified: cached").count(), 1, "{run:?}");
    assert_eq!(
        journal.matches("OK - verified: cached").count(),
        1,
        "{run:?}"
    );
}

#[test]
fn failures_are_in_the_journal_with_their_reason() {
    let world = Fixture::new();
    std::fs::create_dir_all(world.path("run/cached")).unwrap();
    let record = "run/cached/cached.pb";
    let start = ["spawn-self", "--quiet", "--record", record];
    assert_eq!(world.rpctl(start).code, Some(0));
    assert_eq!(world.rpctl(["kill", "--quiet", record]).code, Some(0));
    let post = commands(unit("cached.service"), "ExecStartPost");
    let again = commands(unit("cached-probe.service"), "ExecStart");
    for line in post.iter().chain(&again) {
        let line = line.replace("--wait 30s", "--wait 1ms");
        let run = Run::of(world.user_command("sh").args(["-c", &line]));
        assert_eq!(run.code, Some(3), "{run:?}");
        let (first, _) = run.text().split_once('\n').unwrap();
        assert!(first.contains("not running: PID"), "{run:?}");
    }
}
