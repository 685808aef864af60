//! A thousand clients at once.

use std::net::Shutdown;
use std::sync::Barrier;
use std::thread;

use super::{Bounded, HELD, crowd, may_open};
use crate::support::{Client, Daemon, World, ask, proc};

const CROWD: usize = 1000;

#[test]
fn a_thousand_clients_that_ask_at_once_are_all_answered() {
    if !may_open(CROWD as u64) {
        return;
    }
    let world = World::new();
    let daemon = Bounded::start(&world);
    let asking: Vec<Client> = (0..CROWD)
        .map(|_| Client::asking(daemon.socket()))
        .collect();
    for mut client in asking {
        assert_eq!(client.answer().pid, daemon.pid());
    }
    daemon.assert_sound();
}

#[test]
fn clients_from_many_threads_are_all_answered() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let start = Barrier::new(20);
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..50 {
                    assert_eq!(ask(daemon.socket()).pid, daemon.pid());
                }
            });
        }
    });
    daemon.assert_sound();
}

/// They are more than the server holds: without giving up some of them, it would
/// answer no client before their time is over.
#[test]
fn an_honest_client_is_answered_among_a_thousand_silent_ones() {
    if !may_open(CROWD as u64) {
        return;
    }
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut silent = crowd(&daemon, CROWD);
    daemon.assert_sound();
    // Those who came first had to go. The others may stay their time.
    let gone = &mut silent[..CROWD - HELD];
    assert!(gone.iter_mut().all(Client::is_closed));
}

#[test]
fn a_new_client_outlives_a_crowd_of_older_ones() {
    if !may_open(2 * CROWD as u64) {
        return;
    }
    for begun in [&b""[..], b"\x01"] {
        let world = World::new();
        let daemon = Daemon::start_patient(&world);
        let hostile = |size| {
            let mut hostile = crowd(&daemon, size);
            for client in &mut hostile {
                client.send_if_open(begun);
            }
            proc::wait_for_sleep(daemon.pid());
            hostile
        };
        let _before = hostile(CROWD);
        let mut honest = Client::connect(daemon.socket());
        let _after = hostile(HELD / 2);
        honest.send(&honest.request());
        assert_eq!(honest.answer().pid, daemon.pid(), "{begun:?}");
    }
}

#[test]
fn a_thousand_clients_that_stay_are_all_answered() {
    if !may_open(CROWD as u64) {
        return;
    }
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut kept = Vec::new();
    for _ in 0..CROWD {
        let mut client = Client::asking(daemon.socket());
        assert_eq!(client.answer().pid, daemon.pid());
        kept.push(client);
    }
    daemon.assert_sound();
}

#[test]
fn an_honest_client_is_answered_while_others_come_and_go() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let over = std::sync::atomic::AtomicBool::new(false);
    let is_over = || over.load(std::sync::atomic::Ordering::Relaxed);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over() {
                    drop(crowd(&daemon, 50));
                }
            });
        }
        for _ in 0..20 {
            assert_eq!(ask(daemon.socket()).pid, daemon.pid());
        }
        over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    daemon.assert_sound();
}

#[test]
fn a_half_closed_connection_is_answered_and_then_closed() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    let mut client = Client::asking(daemon.socket());
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer().pid, daemon.pid());
    assert!(client.is_closed());
}

#[test]
fn a_client_that_leaves_before_its_answer_harms_no_other() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    for _ in 0..300 {
        drop(Client::asking(daemon.socket()));
        let client = Client::asking(daemon.socket());
        client.stream.shutdown(Shutdown::Read).unwrap();
    }
    daemon.assert_sound();
}
