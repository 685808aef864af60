//! Waiting for events, and whether work ends in time, on a machine that may be busy
//! with other things.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, poll};

use super::client::PATIENCE;

/// What an operation may take beyond its budget.
const GRACE: Duration = Duration::from_millis(50);

/// Other work on the machine may delay many runs; a fault of the program delays
/// every one.
const RUNS: usize = 50;

/// The time between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(1);

/// Waits until a condition holds; fails when it never does.
///
/// Between two looks it sleeps, so that what it waits for has the processor.
#[track_caller]
pub(crate) fn wait_until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "it never happened");
        thread::sleep(PAUSE);
    }
}

/// Asserts that work, which returns how long it took, ends within its budget and
/// 50 ms in one of many runs.
///
/// Beside it, a thread that does nothing else sleeps for the budget: what it
/// oversleeps is the machine's doing, and is not held against the work.
#[track_caller]
pub(crate) fn assert_on_time(what: impl Debug, budget: Duration, work: impl Fn() -> Duration) {
    let mut took = Vec::new();
    for _ in 0..RUNS {
        let (elapsed, overslept) = thread::scope(|scope| {
            let control = scope.spawn(|| sleep(budget).saturating_sub(budget));
            (work(), control.join().unwrap())
        });
        if elapsed <= budget + GRACE + overslept {
            return;
        }
        took.push((elapsed, overslept));
    }
    panic!("within {budget:?}, {what:?} took, and a sleeper overslept: {took:?}");
}

/// Wait for nothing; how long that took.
fn sleep(length: Duration) -> Duration {
    let started = Instant::now();
    poll(&mut [], Some(&Timespec::try_from(length).unwrap())).unwrap();
    started.elapsed()
}
