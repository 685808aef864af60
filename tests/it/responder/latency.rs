//! Honest clients are answered within 50 ms, whatever the others do.
//!
//! The machine may be busy, with the others among other things. So the time for
//! which the kernel kept the daemon or its client waiting for a processor is not
//! counted; and only when half of all answers are late is that a fault.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Bounded, HELD, crowd, may_open};
use crate::support::{Client, World, ask, large_request};

const LIMIT: Duration = Duration::from_millis(50);
const QUESTIONS: usize = 40;

/// How long a thread has been ready to run and has not run.
fn kept_waiting(thread: &str) -> Duration {
    let schedule = std::fs::read_to_string(format!("/proc/{thread}/schedstat")).unwrap();
    let waited = schedule.split_ascii_whitespace().nth(1).unwrap();
    Duration::from_nanos(waited.parse().unwrap())
}

/// How long a question takes, and for how much of that the machine was busy.
fn question(daemon: &Bounded) -> (Duration, Duration) {
    let busy = || kept_waiting(&daemon.pid().to_string()) + kept_waiting("thread-self");
    let before = busy();
    let started = Instant::now();
    assert_eq!(ask(daemon.socket()).pid, daemon.pid());
    (started.elapsed(), busy().saturating_sub(before))
}

#[track_caller]
fn assert_prompt(daemon: &Bounded) {
    let took: Vec<_> = (0..QUESTIONS).map(|_| question(daemon)).collect();
    let is_late = |&&(elapsed, busy): &&(Duration, Duration)| elapsed.saturating_sub(busy) > LIMIT;
    assert!(
        took.iter().filter(is_late).count() <= QUESTIONS / 2,
        "{took:?}"
    );
    daemon.assert_sound();
}

/// Ask while so many threads do something again and again.
fn amid(threads: usize, daemon: &Bounded, nuisance: impl Fn(usize) + Sync) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for round in 0.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    nuisance(round);
                }
            });
        }
        // The others must end even when this fails.
        let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            assert_prompt(daemon);
        }));
        over.store(true, Ordering::Relaxed);
        asked.unwrap();
    });
}

#[test]
fn honest_clients_are_answered_promptly_in_a_full_house() {
    if !may_open(1000) {
        return;
    }
    let world = World::new();
    let daemon = Bounded::start(&world);
    let _silent = crowd(&daemon, HELD);
    let mut halves = crowd(&daemon, HELD);
    for client in &mut halves {
        // The daemon may have hung up when its time was over.
        client.send_if_open(&client.request()[..20]);
    }
    assert_prompt(&daemon);
}

#[test]
fn honest_clients_are_answered_promptly_amid_floods() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    amid(3, &daemon, |round| {
        let mut client = Client::connect(daemon.socket());
        // The daemon may have hung up already.
        let _ = match round % 4 {
            0 => client.stream.write_all(&[7; 4096]),
            1 => client.stream.write_all(&client.request()),
            2 => client.stream.write_all(b"\x01\xff\x00\x00"),
            _ => Ok(()),
        };
    });
}

#[test]
fn honest_clients_are_answered_promptly_beside_greedy_ones() {
    let world = World::new();
    let daemon = Bounded::start(&world);
    amid(2, &daemon, |_| {
        let mut greedy = crowd(&daemon, 20);
        for client in &mut greedy {
            let request = large_request(client);
            client.stuff(&request, &mut 0);
        }
    });
}
