//! Runs the same work for many items on a few threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

/// Calls `work` for every item, for at most `at_once` at a time, and returns the
/// results in the order of the items.
pub(super) fn concurrently<I: Send, T: Send>(
    items: impl IntoIterator<Item = I>,
    at_once: usize,
    work: impl Fn(I) -> T + Sync,
) -> Vec<T> {
    let slots: Vec<Mutex<Slot<I, T>>> = items
        .into_iter()
        .map(|item| Mutex::new(Slot::Waiting(item)))
        .collect();
    let next = AtomicUsize::new(0);
    let run_remaining = || {
        while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if let Slot::Waiting(item) = std::mem::replace(&mut *slot, Slot::Underway) {
                *slot = Slot::Done(work(item));
            }
        }
    };
    std::thread::scope(|scope| {
        // This thread works too, so that the work is done even if no other can be
        // started.
        for _ in 1..slots.len().min(at_once) {
            if Builder::new().spawn_scoped(scope, run_remaining).is_err() {
                break;
            }
        }
        run_remaining();
    });
    slots
        .into_iter()
        .filter_map(|slot| match slot.into_inner() {
            Ok(Slot::Done(result)) => Some(result),
            _ => None,
        })
        .collect()
}

/// An item, and later its result.
enum Slot<I, T> {
    Waiting(I),
    Underway,
    Done(T),
}
