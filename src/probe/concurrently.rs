//! Many pieces of work at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Builder;

/// Do the work for every item, for at most so many at once; the results come in
/// the order of the items.
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
    let work_off = || {
        while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            if let Slot::Waiting(item) = std::mem::replace(&mut *slot, Slot::Underway) {
                *slot = Slot::Done(work(item));
            }
        }
    };
    std::thread::scope(|scope| {
        // This thread works as well: where no other can be had, alone.
        for _ in 1..slots.len().min(at_once) {
            if Builder::new().spawn_scoped(scope, work_off).is_err() {
                break;
            }
        }
        work_off();
    });
    slots
        .into_iter()
        .filter_map(|slot| match slot.into_inner() {
            Ok(Slot::Done(result)) => Some(result),
            _ => None,
        })
        .collect()
}

/// An item, and then what came of it.
enum Slot<I, T> {
    Waiting(I),
    Underway,
    Done(T),
}
