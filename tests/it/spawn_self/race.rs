//! Many starters at once: exactly one wins, and it is whole.

use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::thread;

use rustix::fs::{FlockOperation, flock};
use rustix::process::Signal;

use super::{Fixture, RPCTL, Spawned, assert_refused};
use crate::support::{Renames, Run, at_each_change, at_every_step, this_process};

const STARTERS: usize = 6;

/// Start several at once; the winner, and what the others said.
fn race(fixture: &Fixture, args: impl Fn(usize) -> Vec<String> + Sync) -> (Spawned, Vec<Run>) {
    let runs: Vec<Run> = thread::scope(|scope| {
        let start = |number| {
            let args = args(number);
            scope.spawn(move || fixture.spawn_self(args))
        };
        let starters: Vec<_> = (0..STARTERS).map(start).collect();
        starters
            .into_iter()
            .map(|starter| starter.join().unwrap())
            .collect()
    });
    let (mut won, lost): (Vec<Run>, Vec<Run>) =
        runs.into_iter().partition(|run| run.code == Some(0));
    assert_eq!(won.len(), 1, "{won:?} {lost:?}");
    for run in &lost {
        assert_eq!(run.code, Some(9), "{run:?}");
    }
    (Spawned::of(&won.remove(0)), lost)
}

#[test]
fn one_of_many_starters_wins_the_socket_and_the_record() {
    let fixture = Fixture::new();
    // The first round meets nothing, the others what a crash left behind.
    for round in 0..3 {
        let (winner, _) = race(&fixture, |_| Vec::new());
        assert_eq!(fixture.daemons(), [winner.pid], "round {round}");
        let document = fixture
            .probe(winner.manifest())
            .assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["pid"], winner.pid, "round {round}");
        winner.end(Signal::KILL);
    }
}

#[test]
fn one_of_many_starters_wins_the_record() {
    let fixture = Fixture::new();
    let socket = |number| fixture.path(&format!("s{number}"));
    let args = |number| {
        vec![
            "--endpoint".to_owned(),
            socket(number).display().to_string(),
        ]
    };
    let (winner, lost) = race(&fixture, args);
    for run in &lost {
        assert_refused(run, 9, "already_running");
    }
    fixture
        .probe(winner.manifest())
        .assert_verdict(0, "verified", None);
    let sockets = (0..STARTERS).filter(|&number| socket(number).exists());
    assert_eq!(sockets.count(), 1, "the losers took theirs with them");
}

#[test]
fn one_of_many_starters_wins_the_socket() {
    let fixture = Fixture::new();
    let record = |number| fixture.path(&format!("m{number}.json"));
    let args = |number| vec!["--record".to_owned(), record(number).display().to_string()];
    let (winner, lost) = race(&fixture, args);
    for run in &lost {
        assert_refused(run, 9, "endpoint_in_use");
    }
    fixture
        .probe(winner.manifest())
        .assert_verdict(0, "verified", None);
    let records = (0..STARTERS).filter(|&number| record(number).exists());
    assert_eq!(records.count(), 1);
}

#[test]
fn a_lock_never_released_delays_a_socket_not_for_ever() {
    assert_gives_up_on_a_locked_directory("--endpoint");
}

#[test]
fn a_lock_never_released_delays_a_record_not_for_ever() {
    assert_gives_up_on_a_locked_directory("--record");
}

fn assert_gives_up_on_a_locked_directory(option: &str) {
    let fixture = Fixture::new();
    let directory = fixture.path("locked");
    std::fs::create_dir(&directory).unwrap();
    let _lock = locked(&directory);
    let path = directory.join("file");
    let run = fixture.spawn_self([option, path.to_str().unwrap()]);
    let document = assert_refused(&run, 2, "place_unusable");
    let message = super::message(&document);
    assert!(
        message.contains(directory.to_str().unwrap()) && message.contains("locked"),
        "{message}"
    );
    assert!(fixture.files().is_empty(), "{:?}", fixture.files());
}

pub(super) fn locked(directory: &Path) -> std::fs::File {
    let directory = std::fs::File::open(directory).unwrap();
    flock(&directory, FlockOperation::LockExclusive).unwrap();
    directory
}

#[test]
fn a_directory_under_two_names_is_locked_once() {
    let fixture = Fixture::new();
    std::fs::create_dir(fixture.path("real")).unwrap();
    std::os::unix::fs::symlink("real", fixture.path("alias")).unwrap();
    let path = |name| fixture.path(name).to_str().unwrap().to_owned();
    let daemon = fixture.spawn([
        "--record".to_owned(),
        path("real/m.json"),
        "--sidecar".to_owned(),
        path("alias/s.json"),
        "--endpoint".to_owned(),
        path("real/s"),
    ]);
    fixture
        .probe(daemon.manifest())
        .assert_verdict(0, "verified", None);
}

/// Whenever another daemon takes the path of a stale socket, or of the own one.
#[test]
fn a_socket_that_another_daemon_binds_at_any_step_stays() {
    at_every_step(|step| {
        let fixture = Fixture::new();
        let (socket, prepared) = (fixture.path("s"), fixture.path("prepared"));
        drop(UnixListener::bind(&socket).unwrap());
        let _other = UnixListener::bind(&prepared).unwrap();
        let others = std::fs::metadata(&prepared).unwrap().ino();
        let daemon = brief(&fixture);
        let run = at_each_change(&daemon, Renames::ToFreeNames, |at| {
            if at == step {
                std::fs::rename(&prepared, &socket).unwrap();
            }
        });
        if prepared.exists() {
            assert_eq!(run.code, Some(0), "{run:?}");
            return false;
        }
        let found = std::fs::metadata(&socket).map(|socket| socket.ino());
        assert_eq!(found.ok(), Some(others), "step {step}: {run:?}");
        if run.code != Some(0) {
            assert_refused(&run, 9, "endpoint_in_use");
        }
        true
    });
}

/// Whenever another daemon takes the name of the record that was just written.
#[test]
fn a_record_that_another_daemon_writes_at_any_step_stays() {
    at_every_step(|step| {
        let fixture = Fixture::new();
        let identity = this_process(&fixture.endpoint("other"));
        let other = fixture.sidecar("prepared", &identity);
        let bytes = std::fs::read(&other).unwrap();
        let record = fixture.path("m.json");
        let mut own = 0;
        let run = at_each_change(&brief(&fixture), Renames::ToFreeNames, |_| {
            if own == step && record.exists() {
                std::fs::rename(&other, &record).unwrap();
            }
            own += usize::from(record.exists());
        });
        assert_eq!(run.code, Some(0), "{run:?}");
        if other.exists() {
            return false;
        }
        let found = std::fs::read(&record).ok();
        assert_eq!(found, Some(bytes), "step {step}: {run:?}");
        true
    });
}

/// A daemon that ends by itself.
fn brief(fixture: &Fixture) -> Command {
    let mut command = fixture.command(RPCTL);
    command
        .args(["spawn-self", "--foreground", "--json"])
        .args(["--idle-timeout", "10ms"])
        .arg("--record")
        .arg(fixture.path("m.json"))
        .arg("--endpoint")
        .arg(fixture.path("s"));
    command
}
