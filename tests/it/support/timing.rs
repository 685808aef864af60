//! Whether work ends in time, on a machine that may be busy with other things.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{Timespec, poll};

/// What an operation may take beyond its budget.
const GRACE: Duration = Duration::from_millis(50);

/// Other work on the machine may delay one run; a fault of the program delays
/// every one.
const RUNS: usize = 5;

/// Assert that work, which tells how long it took, ends within its budget and
/// 50 ms.
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
