//! `rpctl prune` beside a daemon that starts at the same time.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;
use std::sync::Barrier;
use std::thread;

use rpctl::control::Trust;
use rpctl::record::{self, Content, DigestChoice, Format};
use rpctl::{DaemonProcess, Probe};

use super::fixture::{daemon, gone, place, record_of};
use super::pruned::names;
use crate::support::{Renames, Run, World, at_each_change, at_every_step, this_process};

const ROUNDS: usize = 3000;

/// In every round the record is judged to be stale, and then removed and replaced
/// at the same time.
#[test]
fn a_record_written_while_a_stale_one_is_removed_survives() {
    let world = World::new();
    let stale = record_of(&world, "stale", &gone(&world, "s"), |_| {});
    let stale = std::fs::read(stale).unwrap();
    let fresh = encoded(&DaemonProcess {
        pid: 1,
        ..gone(&world, "s")
    });
    let directory = world.path("contested");
    std::fs::create_dir(&directory).unwrap();
    let record = directory.join("daemon.pb");
    let prepared = directory.join("prepared");

    let barrier = Barrier::new(2);
    let mut faults = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                std::fs::write(&prepared, &fresh).unwrap();
                barrier.wait();
                std::fs::rename(&prepared, &record).unwrap();
                barrier.wait();
            }
        });
        for round in 0..ROUNDS {
            std::fs::write(directory.join("old"), &stale).unwrap();
            std::fs::rename(directory.join("old"), &record).unwrap();
            let report = Probe::from_record(&record::load(&record).unwrap()).run();
            let removal = report.to_removal(Trust::Required);
            barrier.wait();
            let removed = removal.map(|removal| removal.remove_record());
            barrier.wait();
            let survives = std::fs::read(&record).is_ok_and(|bytes| bytes == fresh);
            let is_tidy = names(&directory).iter().all(|name| !name.starts_with('.'));
            if !matches!(removed, Ok(Ok(_))) || !survives || !is_tidy {
                // To stop here would leave the other thread waiting.
                faults.push((round, removed, survives, is_tidy));
            }
        }
    });
    assert!(faults.is_empty(), "{} rounds: {faults:?}", faults.len());
}

/// Whenever the fresh record is written, and whatever the file system can do.
#[test]
fn a_record_written_at_any_step_of_a_prune_survives() {
    for renames in [Renames::ToFreeNames, Renames::Plainly] {
        at_every_step(|step| {
            let world = World::new();
            let record = record_of(&world, "daemon", &gone(&world, "s"), |_| {});
            let fresh = encoded(&this_process(&world.endpoint("s")));
            let prepared = world.path("prepared");
            std::fs::write(&prepared, &fresh).unwrap();
            let mut prune = world.command(env!("CARGO_BIN_EXE_rpctl"));
            let run = at_each_change(prune.args(["prune", "--json"]), renames, |at| {
                if at == step {
                    std::fs::rename(&prepared, &record).unwrap();
                }
            });
            assert_eq!(run.code, Some(0), "{run:?}");
            if prepared.exists() {
                return false;
            }
            let moment = format!("step {step}, {renames:?}");
            assert_eq!(names(&place(&world, "")), ["daemon.pb"], "{moment}");
            assert_eq!(std::fs::read(record).unwrap(), fresh, "{moment}");
            true
        });
    }
}

/// What a stranger can do who may write the directory above: put a link to another
/// one in the place of the socket's directory, and take it away again.
#[test]
fn no_file_of_an_exchanged_directory_is_renamed() {
    at_every_step(|step| {
        let world = World::new();
        let path = |name| world.path(name);
        for name in ["of-daemon", "of-others"] {
            std::fs::create_dir(path(name)).unwrap();
        }
        drop(UnixListener::bind(path("of-daemon/s")).unwrap());
        std::fs::write(path("of-others/s"), "precious").unwrap();
        let precious = std::fs::metadata(path("of-others/s")).unwrap();
        record_of(&world, "daemon", &gone(&world, "of-daemon/s"), |_| {});
        let mut prune = world.command(env!("CARGO_BIN_EXE_rpctl"));
        prune.args(["prune", "--json"]);
        let mut is_swapped = false;
        let run = at_each_change(&prune, Renames::ToFreeNames, |at| {
            if at == step {
                std::fs::rename(path("of-daemon"), path("away")).unwrap();
                std::os::unix::fs::symlink("of-others", path("of-daemon")).unwrap();
                is_swapped = true;
            } else if at == step + 1 {
                std::fs::remove_file(path("of-daemon")).unwrap();
                std::fs::rename(path("away"), path("of-daemon")).unwrap();
            }
        });
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(names(&path("of-others")), ["s"], "step {step}: {run:?}");
        let now = std::fs::metadata(path("of-others/s")).unwrap();
        // To be moved away and back is a change as well.
        let when = |file: &Metadata| (file.ino(), file.ctime(), file.ctime_nsec());
        assert_eq!(when(&now), when(&precious), "step {step}: {run:?}");
        is_swapped
    });
}

fn encoded(daemon: &DaemonProcess) -> Vec<u8> {
    let content = Content::Daemon(daemon.to_proto());
    record::encode(&content, Format::SidecarJson, DigestChoice::All).unwrap()
}

/// The moment in which it would be lost: after the last look, before the move.
#[test]
fn what_takes_the_place_in_the_last_moment_is_put_back() {
    let world = World::new();
    let path = world.path("record");
    let content = |path: &Path| std::fs::read(path).unwrap();
    std::fs::write(&path, "stale").unwrap();
    let removed = rpctl::__private::remove_if(&path, |looked_at| {
        let is_stale = content(looked_at) == b"stale";
        std::fs::write(world.path("new"), "fresh").unwrap();
        if is_stale {
            std::fs::rename(world.path("new"), &path).unwrap();
        }
        is_stale
    });
    assert!(!removed.unwrap());
    assert_eq!(content(&path), b"fresh");

    // A still newer one keeps the name, and nothing else is left.
    std::fs::write(&path, "stale").unwrap();
    let writes = ["fresh", "fresher"];
    let turn = std::cell::Cell::new(0);
    let removed = rpctl::__private::remove_if(&path, |looked_at| {
        let is_stale = content(looked_at) == b"stale";
        std::fs::write(world.path("new"), writes[turn.replace(1)]).unwrap();
        std::fs::rename(world.path("new"), &path).unwrap();
        is_stale
    });
    assert!(!removed.unwrap());
    assert_eq!(content(&path), b"fresher");
    assert_eq!(names(&world.path("")), ["record"]);
}

#[test]
fn a_daemon_that_starts_beside_a_prune_keeps_its_files() {
    let world = World::new();
    let mut last = daemon(&world, "contested");
    for _ in 0..20 {
        last.kill();
        let prune = world
            .command(env!("CARGO_BIN_EXE_rpctl"))
            .args(["prune", "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        last = daemon(&world, "contested");
        let run = Run::end_of(prune);
        assert_eq!(run.code, Some(0), "{run:?}");
        world
            .probe(last.record())
            .assert_verdict(0, "verified", None);
        assert_eq!(names(&place(&world, "")).len(), 1);
    }
}
