//! Several records, some of which are up already.

use rpctl::DaemonProcess;

use super::fixture::{LONG, Waiting, with_enough_time};
use crate::support::{Daemon, TestServer, World, this_process};

#[test]
fn several_records_are_waited_for_until_the_last_is_up() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let early = world.sidecar("early.json", &identity);
    let waiting = Waiting::on(&world, LONG, [world.path("daemon.pb"), early.clone()]);
    let daemon = Daemon::start(&world);
    let run = waiting.finish();
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    let reports = document["reports"].as_array().unwrap();
    let found: Vec<_> = reports
        .iter()
        .map(|report| (report["verdict"].as_str(), report["target"]["pid"].as_u64()))
        .collect();
    let pids = [daemon.pid(), identity.pid];
    assert_eq!(found, pids.map(|pid| (Some("verified"), Some(pid.into()))));
}

/// A daemon that is up, a record of another that is not, and a run that has found
/// the first one up.
fn one_of_two(world: &World, patience: &str) -> (Daemon, DaemonProcess, Waiting) {
    let early = Daemon::start(world);
    std::fs::create_dir(world.path("late")).unwrap();
    let late = this_process(&world.endpoint("late/s"));
    let record = world.sidecar("late.json", &late);
    let mut waiting = Waiting::on(world, patience, [early.record(), &record]);
    // Both records and the socket of the first one are in the same directory.
    waiting.until_watching(2);
    (early, late, waiting)
}

#[test]
fn a_daemon_that_was_up_and_ended_is_waited_for_again() {
    let world = World::new();
    let (mut early, late, waiting) = one_of_two(&world, LONG);
    early.kill();
    let _served = TestServer::truly(&late);
    let again = Daemon::start(&world);
    let run = waiting.finish();
    assert_eq!(run.code, Some(0), "{run:?}");
    let document = run.json();
    assert_eq!(document["reports"][0]["target"]["pid"], again.pid());
    assert_eq!(document["reports"][1]["target"]["pid"], late.pid);
}

#[test]
fn a_daemon_that_ended_is_not_reported_as_up_at_the_end() {
    let run = with_enough_time(|world, patience| {
        let (mut early, _late, waiting) = one_of_two(world, patience);
        early.kill();
        waiting
    });
    assert_eq!(run.code, Some(6), "{run:?}");
    let document = run.json();
    let verdicts = [0, 1].map(|at| document["reports"][at]["verdict"].as_str().unwrap());
    assert_eq!(verdicts, ["not_running", "unresponsive"], "{document:#}");
}
