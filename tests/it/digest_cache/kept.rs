//! What is kept, for how long, and what it is good for.

use std::os::unix::fs::PermissionsExt;

use super::fixture::{
    SETTLED, changed_ns, content, edit, file, fresh_program, is_cached, keeping, probe,
    settled_program, world,
};
use crate::support::{Daemon, Run};

#[test]
fn a_second_run_takes_the_digest_of_the_first_and_says_so() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    let first = probe(&world, daemon.record());
    first.assert_verdict(0, "verified", None);
    assert!(!is_cached(&first));
    let second = probe(&world, daemon.record());
    second.assert_verdict(0, "verified", None);
    assert!(is_cached(&second), "{second:?}");
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(file(&world)), 0o600);
    assert_eq!(mode(world.path(".cache/rpctl")), 0o700);
}

#[test]
fn digests_are_kept_only_where_that_is_asked_for() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    world
        .probe(daemon.record())
        .assert_verdict(0, "verified", None);
    let with = |value: &str| {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        let command = command.args(["probe", "--json", "--timeout", "30s"]);
        let command = command.arg(daemon.record());
        Run::of(command.env("RPCTL_DIGEST_CACHE", value))
    };
    with("0").assert_verdict(0, "verified", None);
    assert!(!file(&world).exists());
    assert!(!is_cached(&with("1")));
    assert!(is_cached(&with("1")));
    assert!(!is_cached(&with("0")));
}

#[test]
fn the_place_is_that_of_the_user() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    let elsewhere = world.path("caches");
    let mut command = keeping(&world, daemon.record());
    Run::of(command.env("XDG_CACHE_HOME", &elsewhere)).assert_verdict(0, "verified", None);
    assert!(elsewhere.join("rpctl/digests.json").is_file());
    assert!(!file(&world).exists());
}

#[test]
fn a_file_changed_in_the_last_two_seconds_is_not_kept() {
    let Some(world) = world() else { return };
    let program = fresh_program(&world, "program");
    let daemon = Daemon::start_program(&world, &program);
    let changed = changed_ns(&program);
    // Until it is old enough, however long that takes on this machine.
    while !file(&world).exists() {
        probe(&world, daemon.record()).assert_verdict(0, "verified", None);
    }
    let entry = &content(&world)["entries"][0];
    assert_eq!(entry["image"]["changed_ns"].as_i64(), Some(changed));
    let age = entry["at"]["unix_ns"].as_i64().unwrap() - changed;
    assert!(
        age >= i64::try_from(SETTLED.as_nanos()).unwrap(),
        "{age} ns"
    );
}

#[test]
fn a_mismatch_is_never_told_from_memory() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record()).assert_verdict(0, "verified", None);
    edit(&world, |document| {
        document["entries"][0]["digest"] = "cd".repeat(32).into();
    });
    let run = probe(&world, daemon.record());
    run.assert_verdict(0, "verified", None);
    assert!(!is_cached(&run));
    // And what was wrong is put right.
    assert!(is_cached(&probe(&world, daemon.record())));
}

#[test]
fn only_the_newest_digests_are_kept() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    probe(&world, daemon.record()).assert_verdict(0, "verified", None);
    edit(&world, |document| {
        let entries = document["entries"].as_array_mut().unwrap();
        let mut old = entries.remove(0);
        for inode in 0..1_000 {
            old["image"]["inode"] = inode.into();
            entries.push(old.clone());
        }
    });
    probe(&world, daemon.record()).assert_verdict(0, "verified", None);
    assert_eq!(content(&world)["entries"].as_array().unwrap().len(), 256);
    assert!(is_cached(&probe(&world, daemon.record())));
}

#[test]
fn what_cannot_be_kept_changes_no_verdict() {
    let Some(world) = world() else { return };
    let daemon = Daemon::start_program(&world, &settled_program(&world, "program"));
    std::fs::write(world.path(".cache"), "in the way").unwrap();
    let run = probe(&world, daemon.record());
    run.assert_verdict(0, "verified", None);
    assert!(run.stderr.contains("no digests are kept: "), "{run:?}");
}
