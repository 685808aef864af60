//! Records that are not named: of a service, or of the whole registry.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;

use super::fixture::{LONG, Waiting, waiting};
use crate::support::{Daemon, MAX_PID, Run, World, this_process};

/// What leads to a record of the service `late` where no record is named.
const CHOICES: [&[&str]; 4] = [
    &["--service", "late"],
    &["--service", concat!("late@", env!("CARGO_PKG_VERSION"))],
    &["--all"],
    &[],
];

/// The only report of a document, whether it is that of a list or not.
fn only_report(document: &Value) -> &Value {
    document["reports"]
        .as_array()
        .map_or(document, |reports| match reports.as_slice() {
            [only] => only,
            _ => panic!("not one report: {document:#}"),
        })
}

#[test]
fn a_daemon_without_a_record_yet_is_waited_for() {
    for choice in CHOICES {
        let world = World::new();
        let waiting = Waiting::start(waiting(&world, LONG).args(choice));
        let daemon = Daemon::registered(&world, "late");
        let run = waiting.finish();
        assert_eq!(run.code, Some(0), "{choice:?}: {run:?}");
        let document = run.json();
        let report = only_report(&document);
        assert_eq!(report["verdict"], "verified", "{document:#}");
        assert_eq!(report["target"]["pid"], daemon.pid(), "{document:#}");
    }
}

#[test]
fn another_version_is_found_beside_a_dead_ones_record() {
    for choice in [CHOICES[0], CHOICES[3]] {
        let world = World::new();
        std::fs::create_dir(world.path("registry")).unwrap();
        let mut gone = this_process(&world.endpoint("gone/s"));
        gone.pid = MAX_PID;
        world.manifest("registry/late-0.0.1.pb", &gone, |manifest| {
            manifest.service_name = "late".to_owned();
            manifest.service_version = "0.0.1".to_owned();
        });
        let waiting = Waiting::start(waiting(&world, LONG).args(choice));
        let daemon = Daemon::registered(&world, "late");
        let document = waiting.finish().assert_verdict(0, "verified", None);
        assert_eq!(document["target"]["pid"], daemon.pid(), "{document:#}");
    }
}

#[test]
fn another_daemon_that_comes_up_does_not_change_the_choice() {
    let world = World::new();
    let hung = Daemon::registered(&world, "late");
    hung.signal(Signal::SIGSTOP);
    let mut waiting = Waiting::start(&mut waiting(&world, LONG));
    // The registry, and the directory of the socket, once that has been seen.
    waiting.until_watching(2);
    let _other = Daemon::registered(&world, "other");
    hung.signal(Signal::SIGCONT);
    let document = waiting.finish().assert_verdict(0, "verified", None);
    assert_eq!(document["target"]["pid"], hung.pid(), "{document:#}");
}

#[test]
fn if_nothing_appears_the_error_is_that_of_a_single_try() {
    let patience = Duration::from_millis(300);
    for choice in CHOICES {
        let world = World::new();
        let began = Instant::now();
        let waited = Run::of(waiting(&world, "300ms").args(choice));
        assert!(began.elapsed() >= patience, "{waited:?}");
        let tried = world.rpctl([&["probe", "--json"], choice].concat());
        assert_eq!(waited.code, tried.code, "{waited:?}");
        // Besides, it says how long it waited.
        let mut document = waited.json();
        if waited.code == Some(8) {
            assert!(document["waited_us"].is_u64(), "{waited:?}");
            assert_eq!(document["error"], tried.json()["error"]);
            continue;
        }
        let message = document["error"]["message"].as_str().unwrap();
        let (message, time) = message.split_once("; waited for ").unwrap();
        assert!(time.ends_with('s'), "{time}");
        document["error"]["message"] = message.into();
        let mut expected = tried.json();
        expected["time"] = document["time"].take();
        document["time"] = expected["time"].clone();
        assert_eq!(document, expected);
    }
}

#[test]
fn where_several_could_be_meant_waiting_would_not_help() {
    let world = World::new();
    let _daemons = ["late", "early"].map(|service| Daemon::registered(&world, service));
    let run = Run::of(&mut waiting(&world, LONG));
    assert_eq!(run.code, Some(2), "{run:?}");
    let document = run.json();
    assert_eq!(document["error"]["kind"], "no_target", "{document:#}");
}

#[test]
fn standard_input_cannot_be_waited_for() {
    let world = World::new();
    let run = Run::of(waiting(&world, LONG).arg("-"));
    assert_eq!(run.code, Some(2), "{run:?}");
    let document = run.json();
    assert_eq!(document["error"]["kind"], "usage");
    assert_eq!(document["hints"][0], "name a file instead of -");
    assert!(
        run.stderr.contains("can be read only once"),
        "{}",
        run.stderr
    );
}
