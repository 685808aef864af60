//! A daemon that is told to stop does so in order, whatever goes on.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::sys::signal::Signal;

use super::{crowd, may_open};
use crate::support::{Client, Daemon, World, ask, proc};

/// The daemon has ended in order, with its files.
#[track_caller]
fn assert_stops(daemon: &mut Daemon) {
    daemon.signal(Signal::SIGTERM);
    assert_eq!(daemon.wait().code(), Some(0));
    assert!(!std::path::Path::new(daemon.socket()).exists());
    assert!(!daemon.record().exists());
}

#[test]
fn a_daemon_stops_in_order_while_clients_keep_coming() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let socket = daemon.socket().to_owned();
    let over = AtomicBool::new(false);
    let flood = |greeting: &[u8]| {
        while !over.load(Ordering::Relaxed) {
            // No process accepts a connection once the daemon has ended.
            if let Ok(mut stream) = UnixStream::connect(&socket) {
                let _ = stream.write_all(greeting);
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| flood(b""));
        scope.spawn(|| flood(b"\x01\xff\x00\x00"));
        scope.spawn(|| flood(&[7; 4096]));
        for _ in 0..20 {
            assert_eq!(ask(&socket).pid, daemon.pid());
        }
        // The flood must end even when this fails.
        let stopped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            assert_stops(&mut daemon);
        }));
        over.store(true, Ordering::Relaxed);
        stopped.unwrap();
    });
}

#[test]
fn a_daemon_stops_in_order_with_a_full_house_and_a_full_queue() {
    if !may_open(1000) {
        return;
    }
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let _house = crowd(&daemon, 600);
    // All have been let in: the queue is empty.
    proc::wait_for_sleep(daemon.pid());
    daemon.signal(Signal::SIGSTOP);
    let _queue = crowd(&daemon, 200);
    let mut owed = Client::asking(daemon.socket());
    daemon.signal(Signal::SIGCONT);
    assert_eq!(owed.answer().pid, daemon.pid());
    assert_stops(&mut daemon);
}
