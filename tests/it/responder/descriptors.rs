//! A daemon that may open fewer descriptors than it holds connections.

use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use super::crowd;
use crate::support::{Client, Daemon, PATIENCE, World, ask, proc};

/// Let a daemon open at most so many descriptors more. The limit is one of their
/// numbers, of which the lowest free one is always taken.
fn allow(daemon: &Daemon, more: u64) {
    let pid = daemon.pid();
    let is_free = |number: &u64| !Path::new(&format!("/proc/{pid}/fd/{number}")).exists();
    let lowest = (0..1024).find(is_free).unwrap();
    limit(daemon, Some(lowest + more));
}

fn limit(daemon: &Daemon, most: Option<u64>) {
    let pid = Pid::from_raw(daemon.pid().try_into().unwrap());
    let before = prlimit(
        pid,
        Resource::Nofile,
        Rlimit {
            current: most.or(Some(1024)),
            maximum: Some(1024),
        },
    );
    before.unwrap();
}

#[test]
fn honest_clients_are_answered_at_the_descriptor_limit() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    allow(&daemon, 4);
    // To be rid of them only as their time is over would take minutes.
    let mut silent = crowd(&daemon, 400);
    for _ in 0..20 {
        assert_eq!(ask(daemon.socket()).pid, daemon.pid());
        silent.extend(crowd(&daemon, 10));
    }
    assert!(silent[0].is_closed());
}

/// The kernel refuses a descriptor before it looks whether one is wanted.
#[test]
fn no_client_is_evicted_unless_another_one_waits() {
    let world = World::new();
    let daemon = Daemon::start_patient(&world);
    allow(&daemon, 3);
    let mut hostile = crowd(&daemon, 60);
    for client in &mut hostile {
        client.send_if_open(b"\x01");
    }
    for _ in 0..20 {
        let mut honest = Client::connect(daemon.socket());
        proc::wait_for_sleep(daemon.pid());
        honest.send(&honest.request());
        assert_eq!(honest.answer().pid, daemon.pid());
        // It has left, and the daemon has seen it.
        drop(honest);
        proc::wait_for_sleep(daemon.pid());
    }
    assert!(!hostile[59].is_closed_by_now());
}

#[test]
fn the_only_place_goes_on_from_a_client_that_is_silent() {
    let world = World::new();
    let daemon = Daemon::start_patient(&world);
    allow(&daemon, 1);
    let mut silent = Client::connect(daemon.socket());
    for _ in 0..5 {
        assert_eq!(ask(daemon.socket()).pid, daemon.pid());
    }
    assert!(silent.is_closed());
}

/// It has no connection to give up, so the client waits, and the daemon with it.
#[test]
fn without_any_descriptor_the_daemon_waits_instead_of_spinning() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    allow(&daemon, 0);
    let mut client = Client::asking(daemon.socket());
    let before = processor_ticks(&daemon);
    // Nothing happens for half a second; a daemon that spins needs all of it.
    let observed = Duration::from_millis(500);
    client.stream.set_read_timeout(Some(observed)).unwrap();
    let nothing = client.stream.read(&mut [0]).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    let used = processor_ticks(&daemon) - before;
    assert!(used <= 5, "{used} of 50 ticks");

    limit(&daemon, None);
    client.stream.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(client.answer().pid, daemon.pid());
}

/// Processor time a process has had, in hundredths of a second.
fn processor_ticks(daemon: &Daemon) -> u64 {
    let stat = proc::stat(daemon.pid());
    let ticks = |at: usize| stat[at].parse::<u64>().unwrap();
    ticks(11) + ticks(12)
}
